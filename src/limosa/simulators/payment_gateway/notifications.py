"""The queue of notifications: each is created with its content, and sent until acknowledged.

A wire decides its content and signature; when it is due is computed here.
"""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace

from limosa.simulators.payment_gateway.faults import NotificationFault

HELD_SECONDS_MAX = 30.0  # A notification held back for another is sent after this.


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the merchant is to be told at `url`.

    `number` is the merchant's own, of the payment concerned; `content` is the wire's, the
    notification's content before it is encrypted and signed.
    """

    number: str
    event_type: str
    url: str
    content: dict[str, object]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class Notification:
    id: str
    wire: str
    number: str
    event_type: str
    url: str
    content: str
    created_at: float
    fault: str
    state: str
    attempts: int
    due_at: float


def make_notification(
    wire: str, event: Event, fault: NotificationFault, *, now: float
) -> Notification:
    """Create an event's notification, due at once unless the fault delays it."""
    delay = fault.delay_seconds or (HELD_SECONDS_MAX if fault.reorder else 0.0)
    return Notification(
        id=event.id,
        wire=wire,
        number=event.number,
        event_type=event.event_type,
        url=event.url,
        content=json.dumps(event.content, ensure_ascii=False),
        created_at=now,
        fault=json.dumps(fault.as_json()),
        state="held" if fault.reorder else "pending",
        attempts=0,
        due_at=now + delay,
    )


def insert_notification(db: sqlite3.Connection, notification: Notification) -> None:
    values = astuple(notification)
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO notifications VALUES ({marks})", values)  # noqa: S608


def due_notifications(db: sqlite3.Connection, *, now: float) -> list[Notification]:
    """Return those due now, the longest due first."""
    rows = db.execute(
        "SELECT * FROM notifications WHERE state IN ('pending', 'held') AND due_at <= ?"
        " ORDER BY due_at LIMIT 200",
        (now,),
    )
    return [Notification(**row) for row in rows.fetchall()]


def next_due_at(db: sqlite3.Connection, *, after: float) -> float | None:
    """Return when the next one comes due."""
    at = db.execute(
        "SELECT min(due_at) AS at FROM notifications"
        " WHERE state IN ('pending', 'held') AND due_at > ?",
        (after,),
    ).fetchone()["at"]
    return None if at is None else float(at)


def record_attempt(
    db: sqlite3.Connection, sent: Notification, *, is_acknowledged: bool,
    delays: Sequence[float], now: float,
) -> Notification:  # fmt: skip
    """Record an attempt and when the next is due, if any; release those held back for it.

    `delays` are the seconds to wait after the first, second, … failed attempt; when they are used
    up, it is given up.
    """
    attempts = sent.attempts + 1
    state, due_at = "acknowledged", now
    if not is_acknowledged:
        state = "given_up"
        if attempts <= len(delays):
            state, due_at = "pending", now + delays[attempts - 1]
    db.execute(
        "UPDATE notifications SET attempts = ?, state = ?, due_at = ? WHERE id = ?",
        (attempts, state, due_at, sent.id),
    )
    db.execute(
        "UPDATE notifications SET state = 'pending', due_at = ?"
        " WHERE state = 'held' AND wire = ? AND id <> ? AND created_at <= ?",
        (now, sent.wire, sent.id, sent.created_at),
    )
    return replace(sent, attempts=attempts, state=state, due_at=due_at)


def redeliver(db: sqlite3.Connection, *, wire: str, number: str, now: float) -> int:
    """Have all notifications of a payment sent again, whatever their state, without faults."""
    return db.execute(
        "UPDATE notifications SET state = 'pending', attempts = 0, due_at = ?, fault = ?"
        " WHERE wire = ? AND number = ?",
        (now, json.dumps(NotificationFault().as_json()), wire, number),
    ).rowcount
