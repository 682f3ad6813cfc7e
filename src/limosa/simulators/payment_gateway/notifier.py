"""Sends what is due, in its own threads: settles refunds, notifies, retries on the schedule.

The table is the queue. Which attempts are under way is known in memory only, so after a SIGKILL
they are simply due again: a notification may come twice, as from the real gateway, never not at
all.
"""

import http.client
import json
import logging
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from limosa.simulators.clock import Clock
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import FaultPlan, NotificationFault
from limosa.simulators.payment_gateway.merchant import Merchant
from limosa.simulators.payment_gateway.notifications import (
    Message,
    Notification,
    build_message,
    due_notifications,
    insert_notification,
    make_notification,
    next_due_at,
    record_attempt,
)
from limosa.simulators.payment_gateway.orders import find_order
from limosa.simulators.payment_gateway.refunds import refund_notice, settle_due_refunds
from limosa.simulators.payment_gateway.store import Store

log = logging.getLogger(__name__)

ANSWER_SECONDS_MAX = 5.0
PAUSED = "notifications_paused"
_SENDERS = 16
_IDLE_SECONDS_MAX = 60.0


class Notifier:
    """Between `start` and `stop`, notifications leave when they are due, unless paused.

    `time_scale` multiplies the waits of the retry schedule (0.01: a hundred times faster) and may
    be changed at any time. `wake` makes it look at the table now.
    """

    def __init__(
        self, store: Store, merchant: Merchant, faults: FaultPlan, clock: Clock,
        *, time_scale: float,
    ) -> None:  # fmt: skip
        self.time_scale = time_scale
        self._store, self._merchant, self._faults, self._clock = store, merchant, faults, clock
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="notify")
        self._under_way: set[str] = set()
        self._condition = threading.Condition()
        self._is_woken = self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send nothing new; wait for the attempts under way (5 s each at most)."""
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
        """Hand what is due to the senders; returns how long until there is more to do."""
        now = self._clock()
        with self._store.transaction() as db:
            self._settle_refunds(db, now)
            if memory.is_switched_on(db, PAUSED):
                due, next_at = [], None
            else:
                with self._condition:
                    busy = set(self._under_way)
                due = [one for one in due_notifications(db, now=now) if one.id not in busy]
                next_at = next_due_at(db, after=now)
            settles_at = db.execute(
                "SELECT min(settles_at) AS at FROM refunds WHERE state = 'PROCESSING'"
            ).fetchone()["at"]
        for notification in due:
            with self._condition:
                self._under_way.add(notification.id)
            self._pool.submit(self._attempt, notification)
        times = [at for at in (next_at, settles_at) if at is not None]
        return max(0.0, min([*times, now + _IDLE_SECONDS_MAX]) - now)

    def _settle_refunds(self, db: sqlite3.Connection, now: float) -> None:
        for refund in settle_due_refunds(db, now=now):
            memory.note(db, now, "refund", refund.out_refund_no, state=refund.state)
            order = find_order(db, "out_trade_no", refund.out_trade_no)
            if order is None or not refund.notify_url:
                continue
            notification = make_notification(
                f"REFUND.{refund.state}",
                refund_notice(refund, order, self._merchant),
                self._faults.take_notification_fault(),
                notify_url=refund.notify_url,
                now=now,
            )
            insert_notification(db, notification)

    def _attempt(self, notification: Notification) -> None:
        try:
            outcomes = self._send(notification)
            now = self._clock()
            is_acknowledged = any(outcome in {"200", "204"} for outcome in outcomes)
            with self._store.transaction() as db:
                after = record_attempt(
                    db, notification, is_acknowledged=is_acknowledged,
                    time_scale=self.time_scale, now=now,
                )  # fmt: skip
                memory.note(
                    db, now, "notification", notification.out_trade_no, id=notification.id,
                    attempt=after.attempts, outcomes=outcomes, state=after.state,
                    event_type=notification.event_type,
                )  # fmt: skip
        except Exception:
            log.exception("attempt for notification %s failed", notification.id)
        finally:
            with self._condition:
                self._under_way.discard(notification.id)
            self.wake()

    def _send(self, notification: Notification) -> list[str]:
        """Send one attempt with its faults; returns what came back for each copy."""
        attempt = notification.attempts + 1
        fault = NotificationFault.from_json(json.loads(notification.fault))
        if attempt <= fault.drop:
            return ["dropped"]
        corruption = fault.corruption_of_attempt(attempt)
        message = build_message(notification, self._merchant, corruption, now=self._clock())
        outcomes: list[str] = []

        def deliver() -> None:
            outcomes.append(post(notification.notify_url, message))

        copies = [threading.Thread(target=deliver) for _ in range(fault.duplicate)]
        for copy in copies:
            copy.start()
        deliver()
        for copy in copies:
            copy.join()
        return outcomes


def post(url: str, message: Message) -> str:
    """Send a message; returns the status as text, or what went wrong."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS_MAX)
    try:
        connection.request("POST", parts.path or "/", message.body, message.headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {type(error).__name__}"
    finally:
        connection.close()
