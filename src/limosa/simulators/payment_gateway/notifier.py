"""Sends what is due, in its own threads: advances the wires, notifies, retries.

The table is the queue. Attempts in progress are known only in memory, so after a SIGKILL they are
simply due again: as with the real gateway, a notification may come twice, but never not at all.
"""

import http.client
import json
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from limosa.simulators.clock import Clock
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import NotificationFault
from limosa.simulators.payment_gateway.notifications import (
    Notification,
    due_notifications,
    next_due_at,
    record_attempt,
)
from limosa.simulators.payment_gateway.store import Happening, Store
from limosa.simulators.payment_gateway.wire import Outgoing, Wire

log = logging.getLogger(__name__)

ANSWER_BYTES_MAX = 64 * 1024
PAUSED = "notifications_paused"
_SENDERS = 16
_IDLE_SECONDS_MAX = 60.0
_FAILED_SECONDS = 1.0


class Notifier:
    """Between `start` and `stop`, notifications are sent when due, unless paused.

    `time_scale` multiplies the intervals of the retry schedule (0.01: a hundred times faster) and
    may be changed at any time. `wake` makes it check the table now. `wires` may be filled until
    `start`.
    """

    def __init__(
        self, store: Store, wires: Mapping[str, Wire], clock: Clock, *, time_scale: float
    ) -> None:
        self.time_scale = time_scale
        self._store, self._wires, self._clock = store, wires, clock
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="notify")
        self._under_way: set[str] = set()
        self._condition = threading.Condition()
        self._is_woken = self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send nothing new; wait for the attempts in progress (each as long as its wire waits)."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wake(self) -> None:
        with self._condition:
            self._is_woken = True
            self._condition.notify()

    def _run(self) -> None:
        while not self._is_stopping:
            seconds = self._send_what_is_due()
            with self._condition:
                self._condition.wait_for(lambda: self._is_woken or self._is_stopping, seconds)
                self._is_woken = False

    def _send_what_is_due(self) -> float:
        """Hand what is due to the senders; return how long until there is more to do."""
        now = self._clock()
        times = [self._pass_time(wire, now) for wire in self._wires.values()]
        with self._store.transaction() as db:
            if memory.is_switched_on(db, PAUSED):
                due, next_at = [], None
            else:
                with self._condition:
                    busy = set(self._under_way)
                due = [one for one in due_notifications(db, now=now) if one.id not in busy]
                next_at = next_due_at(db, after=now)
        for notification in due:
            with self._condition:
                self._under_way.add(notification.id)
            self._pool.submit(self._attempt, notification)
        known = [at for at in (*times, next_at) if at is not None]
        return max(0.0, min([*known, now + _IDLE_SECONDS_MAX]) - now)

    def _pass_time(self, wire: Wire, now: float) -> float | None:
        """Advance a wire's time. If it fails, it is retried, without holding up others."""
        try:
            with self._store.transaction() as db:
                return wire.pass_time(db, now=now)
        except Exception:
            log.exception("%s cannot do what time does", wire.name)
            return now + _FAILED_SECONDS

    def _attempt(self, notification: Notification) -> None:
        wire = self._wires[notification.wire]
        try:
            self._record(notification, wire, self._send(notification, wire))
        except Exception:
            log.exception("the record of notification %s failed", notification.id)
        finally:
            with self._condition:
                self._under_way.discard(notification.id)
            self.wake()

    def _record(self, notification: Notification, wire: Wire, answers: list["Answer"]) -> None:
        now = self._clock()
        is_acknowledged = any(wire.is_acknowledged(one.status, one.body) for one in answers)
        with self._store.transaction() as db:
            after = record_attempt(
                db, notification, is_acknowledged=is_acknowledged,
                delays=[seconds * self.time_scale for seconds in wire.delays], now=now,
            )  # fmt: skip
            happening = Happening(wire.name, "notification", notification.number)
            memory.note(
                db, now, happening, id=notification.id, attempt=after.attempts,
                outcomes=[one.outcome for one in answers], state=after.state,
                event_type=notification.event_type,
            )  # fmt: skip

    def _send(self, notification: Notification, wire: Wire) -> list["Answer"]:
        """Send one attempt with its faults; return the answers to all copies."""
        attempt = notification.attempts + 1
        fault = NotificationFault.from_json(json.loads(notification.fault))
        if attempt <= fault.drop:
            return [Answer("dropped")]
        corruption = fault.corruption_of_attempt(attempt)
        try:
            outgoing = wire.outgoing(notification, corruption, now=self._clock())
        except Exception as error:
            # An attempt that can't even be made counts, or it would be due immediately forever.
            log.exception("notification %s cannot be made", notification.id)
            return [Answer(f"not made: {type(error).__name__}")]
        answers: list[Answer] = []

        def deliver() -> None:
            answers.append(post(outgoing, seconds_max=wire.answer_seconds_max))

        copies = [threading.Thread(target=deliver) for _ in range(fault.duplicate)]
        for copy in copies:
            copy.start()
        deliver()
        for copy in copies:
            copy.join()
        return answers


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: the status as text, or what went wrong (then `status` is 0)."""

    outcome: str
    status: int = 0
    body: bytes = b""


def post(outgoing: Outgoing, *, seconds_max: float) -> Answer:
    """Send a message and read the answer; a redirect is not followed."""
    parts = urlsplit(outgoing.url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds_max)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, outgoing.body, dict(outgoing.headers))
        reply = connection.getresponse()
        return Answer(str(reply.status), reply.status, reply.read(ANSWER_BYTES_MAX))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Answer(f"no answer: {type(error).__name__}")
    finally:
        connection.close()
