"""The queue of callbacks: each is sent until its wholesaler's kind of acknowledgement comes, or its
pauses are used up. A fault is fixed when a callback is made, and survives a restart."""

import http.client
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from limosa.simulators.wholesale.faults import FaultKind, FaultPlan

ANSWER_BYTES_MAX = 64 * 1024
PENDING, ACKNOWLEDGED, GIVEN_UP, LOST = "pending", "acknowledged", "given_up", "lost"


@dataclass(frozen=True, slots=True)
class Callback:
    """A row of the callbacks; see the store."""

    id: int
    wire: str
    kind: str
    order_id: int | None
    url: str
    content: str
    copies: int
    state: str
    attempts: int
    answer: str
    created_at: float
    due_at: float

    @property
    def contents(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the exact bytes."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` 0: nothing did, and the text says why."""

    status: int
    body: bytes = b""
    said: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """Something that the buyer is to be told."""

    kind: str
    content: object
    order_id: int | None = None


def callback_url(db: sqlite3.Connection, wire: str) -> str:
    """Return where the buyer wants to be told; empty: nowhere."""
    row = db.execute("SELECT callback_url FROM accounts WHERE wire = ?", (wire,)).fetchone()
    return str(row["callback_url"])


def set_callback_url(db: sqlite3.Connection, wire: str, url: str) -> None:
    db.execute("UPDATE accounts SET callback_url = ? WHERE wire = ?", (url, wire))


def tell(
    db: sqlite3.Connection, wire: str, news: News, *, faults: FaultPlan, now: float, url: str = ""
) -> None:
    """Queue a callback with whatever fault is pending; without an address there is none."""
    url = url or callback_url(db, wire)
    if not url:
        return
    fault = faults.take_for_callback()
    kind = None if fault is None else fault.kind
    late = fault.seconds if fault is not None and kind is FaultKind.CALLBACK_LATE else 0.0
    db.execute(
        "INSERT INTO callbacks (wire, kind, order_id, url, content, copies, state, created_at,"
        " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(wire, news.kind, news.order_id, url),
            json.dumps(news.content, ensure_ascii=False),
            2 if kind is FaultKind.CALLBACK_TWICE else 1,
            LOST if kind is FaultKind.CALLBACK_LOST else PENDING,
            *(now, now + late),
        ),
    )


def due_callbacks(db: sqlite3.Connection, *, now: float) -> list[Callback]:
    rows = db.execute(
        "SELECT * FROM callbacks WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT 50",
        (now,),
    )
    return [Callback(**row) for row in rows.fetchall()]


def next_callback_at(db: sqlite3.Connection) -> float | None:
    row = db.execute("SELECT min(due_at) AS at FROM callbacks WHERE state = 'pending'").fetchone()
    return None if row["at"] is None else float(row["at"])


def callbacks_of(db: sqlite3.Connection, wire: str, *, count: int) -> list[Callback]:
    """Return the newest callbacks, the newest first."""
    rows = db.execute(
        "SELECT * FROM callbacks WHERE wire = ? ORDER BY id DESC LIMIT ?", (wire, count)
    )
    return [Callback(**row) for row in rows.fetchall()]


def send_again(db: sqlite3.Connection, wire: str, *, number: int, now: float) -> bool:
    """Have a callback sent again, whatever its state."""
    changed = db.execute(
        "UPDATE callbacks SET state = 'pending', attempts = 0, copies = 1, due_at = ?"
        " WHERE wire = ? AND id = ?",
        (now, wire, number),
    )
    return changed.rowcount == 1


def record_attempt(
    db: sqlite3.Connection, callback: Callback, answer: Answer, *, is_acknowledged: bool,
    pauses: Sequence[float], now: float,
) -> str:  # fmt: skip
    """Record an attempt, and when the next is due, if any; return the state."""
    attempts = callback.attempts + 1
    state, due_at = ACKNOWLEDGED, now
    if not is_acknowledged:
        state = GIVEN_UP
        if attempts <= len(pauses):
            state, due_at = PENDING, now + pauses[attempts - 1]
    said = answer.said or f"{answer.status} {answer.body[:200].decode(errors='replace')}"
    db.execute(
        "UPDATE callbacks SET attempts = ?, state = ?, due_at = ?, answer = ? WHERE id = ?",
        (attempts, state, due_at, said, callback.id),
    )
    return state


def post(url: str, message: Message, *, seconds_max: float, method: str = "POST") -> Answer:
    """Send a message and read the answer; a redirect is not followed."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        line = kind(parts.hostname or "", parts.port, timeout=seconds_max)
    except ValueError as error:
        return Answer(0, said=f"no address: {error}")
    try:
        line.request(method, target, message.body or None, dict(message.headers))
        reply = line.getresponse()
        return Answer(reply.status, reply.read(ANSWER_BYTES_MAX))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Answer(0, said=f"no answer: {type(error).__name__}")
    finally:
        line.close()
