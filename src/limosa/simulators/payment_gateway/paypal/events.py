"""Notifies the merchant of what happens, at the webhook URL that they have set."""

import sqlite3

from limosa.simulators.payment_gateway.paypal.disputes import Dispute
from limosa.simulators.payment_gateway.paypal.notifications import event
from limosa.simulators.payment_gateway.paypal.orders import Order
from limosa.simulators.payment_gateway.paypal.refunds import Refund, refunds_of
from limosa.simulators.payment_gateway.paypal.views import Viewer
from limosa.simulators.payment_gateway.wire import Desk, Json

_REFUND_EVENTS = {
    "PENDING": "PAYMENT.REFUND.PENDING",
    "COMPLETED": "PAYMENT.CAPTURE.REFUNDED",
    "FAILED": "PAYMENT.REFUND.FAILED",
    "CANCELLED": "PAYMENT.REFUND.CANCELLED",
}


class Teller:
    """Queues webhooks and writes the event log, in the transaction in which things happen."""

    def __init__(self, desk: Desk, viewer: Viewer) -> None:
        self._desk, self.viewer = desk, viewer

    def approved(self, db: sqlite3.Connection, order: Order, *, now: float) -> None:
        self._desk.note(db, now, "approval", order.invoice_id, id=order.id)
        self._tell(db, "CHECKOUT.ORDER.APPROVED", self.viewer.order(order), order, now=now)

    def captured(self, db: sqlite3.Connection, order: Order, *, now: float) -> None:
        """Report a capture in its current state, pending or completed, and what the vault
        stored."""
        view = self.viewer.capture(order, refunds_of(db, order.id))
        self._desk.note(
            db, now, "payment", order.invoice_id, capture_id=order.capture_id,
            total=order.amount, currency=order.currency, status=order.capture_status,
        )  # fmt: skip
        self._tell(db, f"PAYMENT.CAPTURE.{order.capture_status}", view, order, now=now)
        if order.vault_customer is not None:
            kept: Json = {"id": order.vault_id, "customer": {"id": order.vault_customer}}
            self._tell(db, "VAULT.PAYMENT-TOKEN.CREATED", kept, order, now=now)

    def refunded(self, db: sqlite3.Connection, refund: Refund, order: Order, *, now: float) -> None:
        self._desk.note(db, now, "refund", refund.invoice_id, state=refund.status)
        view = self.viewer.refund(refund, order)
        self._tell(db, _REFUND_EVENTS[refund.status], view, order, now=now)

    def reversed(self, db: sqlite3.Connection, refund: Refund, order: Order, *, now: float) -> None:
        """Report that PayPal itself reversed a payment."""
        self._desk.note(db, now, "reversal", refund.invoice_id, state=refund.status)
        view = self.viewer.refund(refund, order)
        self._tell(db, "PAYMENT.CAPTURE.REVERSED", view, order, now=now)

    def disputed(
        self, db: sqlite3.Connection, dispute: Dispute, order: Order, *, now: float
    ) -> Json:
        """Report that a dispute was opened or decided, and return it as reported."""
        view = self.viewer.dispute(dispute, order)
        word = "RESOLVED" if dispute.outcome else "CREATED"
        self._desk.note(db, now, "dispute", order.invoice_id, outcome=dispute.outcome)
        self._tell(db, f"CUSTOMER.DISPUTE.{word}", view, order, now=now)
        return view

    def _tell(
        self, db: sqlite3.Connection, event_type: str, resource: Json, order: Order, *, now: float
    ) -> None:
        url = self._desk.webhook_url(db)
        told = event(event_type, resource, number=order.invoice_id, url=url)
        self._desk.notify(db, told, now=now)
