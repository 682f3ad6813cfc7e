"""The gateway put together: account, memory, faults, notifier; and the one way to pay an order."""

import threading
from pathlib import Path

from limosa.simulators.clock import Clock
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import FaultPlan
from limosa.simulators.payment_gateway.merchant import prepare_merchant
from limosa.simulators.payment_gateway.notifications import (
    insert_notification,
    make_notification,
)
from limosa.simulators.payment_gateway.notifier import Notifier
from limosa.simulators.payment_gateway.orders import (
    NotPayableError,
    Order,
    Payment,
    find_order,
    order_view,
    pay_order,
)
from limosa.simulators.payment_gateway.store import Store

DATABASE_FILE = "gateway.sqlite3"


class Gateway:
    """What the API, the pages and the control calls share. `base_url` is where it is reached."""

    def __init__(
        self, folder: Path, *, base_url: str, clock: Clock, time_scale: float,
        refund_seconds: float,
    ) -> None:  # fmt: skip
        self.base_url = base_url
        self.clock = clock
        self.refund_seconds = refund_seconds
        self.merchant = prepare_merchant(folder, base_url=base_url)
        self.store = Store(folder / DATABASE_FILE)
        self.faults = FaultPlan()
        self.notifier = Notifier(
            self.store, self.merchant, self.faults, clock, time_scale=time_scale
        )
        self._is_closing = threading.Event()

    def start(self) -> None:
        self.notifier.start()

    def release_waiting(self) -> None:
        """End the silences that were asked for, so that the server can stop."""
        self._is_closing.set()

    def stop(self) -> None:
        self.notifier.stop()
        self.store.close()

    def keep_silent(self, seconds: float) -> None:
        self._is_closing.wait(seconds)

    def pay(self, out_trade_no: str, payment: Payment) -> Order:
        """Take the payment and queue its notification, in one transaction.

        Raises NotPayableError, also for an unknown order; nothing changed.
        """
        now = self.clock()
        with self.store.transaction() as db:
            order = find_order(db, "out_trade_no", out_trade_no)
            if order is None:
                raise NotPayableError("there is no such order")
            paid = pay_order(db, order, payment, now=now)
            notification = make_notification(
                "TRANSACTION.SUCCESS",
                order_view(paid, self.merchant),
                self.faults.take_notification_fault(),
                notify_url=paid.notify_url,
                now=now,
            )
            insert_notification(db, notification)
            memory.note(
                db, now, "payment", out_trade_no, transaction_id=paid.transaction_id,
                total=paid.total, currency=paid.currency, notification=notification.id,
            )  # fmt: skip
        self.notifier.wake()
        return paid
