"""PayPal as a wire of the gateway."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway.control_calls import (
    Members,
    one_of,
    optional_whole,
    posted,
    text,
)
from limosa.simulators.payment_gateway.notifications import Notification
from limosa.simulators.payment_gateway.paypal import disputes, orders, refunds, reports
from limosa.simulators.payment_gateway.paypal.approve_pages import ApprovePages
from limosa.simulators.payment_gateway.paypal.events import Teller
from limosa.simulators.payment_gateway.paypal.merchant import open_account
from limosa.simulators.payment_gateway.paypal.merchant_api import MerchantApi
from limosa.simulators.payment_gateway.paypal.money import written
from limosa.simulators.payment_gateway.paypal.notifications import (
    CORRUPTIONS,
    RETRY_SECONDS,
    build_message,
)
from limosa.simulators.payment_gateway.paypal.orders import DEFAULT_PAYER, Order, find_order
from limosa.simulators.payment_gateway.paypal.views import APPROVE_PATH, Viewer
from limosa.simulators.payment_gateway.wire import (
    Books,
    Desk,
    Entry,
    Json,
    NotPayableError,
    Outgoing,
    Payment,
    Recent,
    SettlementFile,
)

NAME = "paypal"
BEHAVIOURS = ("pays", "declines", "wants_payer")


class PayPal:
    """See `wire.Wire`. Paying here means approving: money moves when the merchant captures."""

    name = NAME
    title = "PayPal"
    delays: Sequence[float] = RETRY_SECONDS
    answer_seconds_max = 30.0
    operations: Sequence[str] = (
        "create", "query", "capture", "refund", "query_refund", "saved_method", "forget",
        "settlement",
    )  # fmt: skip
    reply_faults: Sequence[str] = ()
    corruptions: Sequence[str] = CORRUPTIONS
    refund_outcomes: Sequence[str] = refunds.OUTCOMES
    has_webhook = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.merchant = open_account(desk.folder, base_url=desk.base_url)
        self.settings: Mapping[str, str] = self.merchant.settings
        self._viewer = Viewer(desk.base_url, self.merchant.merchant_id)
        self._teller = Teller(desk, self._viewer)

    def add_routes(self, routes: Routes) -> None:
        MerchantApi(self._desk, self.merchant, self._teller).add_to(routes)
        ApprovePages(self._desk, approve=self._approve_as).add_to(routes)
        routes.add("POST", f"/control/{NAME}/refund-by-hand", posted(self._refund_by_hand))
        routes.add("POST", f"/control/{NAME}/saved-method", posted(self._saved_method))
        routes.add("POST", f"/control/{NAME}/reported-until", posted(self._reported_until))
        routes.add("POST", f"/control/{NAME}/forget-requests", posted(self._forget_requests))

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        base_url = self._desk.base_url
        return build_message(notification, self.merchant, corruption, now=now, base_url=base_url)

    def is_acknowledged(self, status: int, body: bytes) -> bool:  # noqa: ARG002  (the status does)
        return 200 <= status < 300

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """Complete pending captures, settle refunds, and notify each."""
        for order in orders.complete_due_captures(db, now=now):
            self._teller.captured(db, order, now=now)
        for refund in refunds.settle_due_refunds(db, now=now):
            of = find_order(db, refund.order_id)
            if of is not None:
                self._teller.refunded(db, refund, of, now=now)
        times = [orders.next_completion_at(db), refunds.next_settlement_at(db)]
        return min((at for at in times if at is not None), default=None)

    def pay(self, number: str, payment: Payment) -> Json:
        return self._approve(number, payment, DEFAULT_PAYER)

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        order = _existing(db, number)
        return self._shown(db, order) | {"pay_url": self._viewer.approve_url(order)}

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            order = _existing(db, number)
            dispute = disputes.open_dispute(db, order, words, now=now)
            view = self._teller.disputed(db, dispute, order, now=now)
        desk.wake()
        return view

    def end_dispute(self, number: str, outcome: str) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            order = _existing(db, number)
            dispute = disputes.end_dispute(db, order, outcome, now=now)
            view = self._teller.disputed(db, dispute, order, now=now)
        desk.wake()
        return view

    def books(self, db: sqlite3.Connection) -> Books:
        payments = db.execute(
            "SELECT invoice_id, capture_id, invoice_id, amount, currency, captured_at"
            " FROM paypal_orders WHERE capture_status = 'COMPLETED' ORDER BY captured_at"
        ).fetchall()
        given = db.execute(
            "SELECT refund.invoice_id, refund.id, paid.invoice_id, refund.amount, refund.currency,"
            " settles_at FROM paypal_refunds AS refund"
            " JOIN paypal_orders AS paid ON paid.id = order_id"
            " WHERE refund.status = 'COMPLETED' ORDER BY settles_at"
        ).fetchall()
        held = db.execute(
            "SELECT paid.invoice_id, one.id, paid.invoice_id, one.amount, one.currency,"
            " one.created_at FROM paypal_disputes AS one"
            " JOIN paypal_orders AS paid ON paid.id = order_id"
            " WHERE outcome IN ('', 'RESOLVED_BUYER_FAVOUR') ORDER BY one.created_at"
        ).fetchall()
        return Books(*([Entry(*row) for row in rows] for rows in (payments, given, held)))

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        lines = [json.dumps(line) + "\n" for line in reports.day_report(db, day)]
        name = f"{self.merchant.merchant_id}-{day.isoformat()}.jsonl"
        return SettlementFile(name, "application/jsonl", "".join(lines).encode())

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        return [
            Recent(
                number=order.invoice_id,
                description=order.description,
                amount_minor=order.amount,
                currency=order.currency,
                state=orders.STATE_TEXTS[order.status],
                created_at=order.created_at,
                path=f"{APPROVE_PATH}?token={order.id}",
            )
            for order in orders.last_orders(db, count=count)
        ]

    def _approve_as(self, order_id: str, email: str) -> Json:
        return self._approve(order_id, Payment(), email)

    def _approve(self, number: str, payment: Payment, email: str) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            found = find_order(db, number)
            if found is None:
                raise NotPayableError("there is no such order")
            order = orders.approve_order(db, found, payment, email=email)
            self._teller.approved(db, order, now=now)
            view = self._shown(db, order)
        desk.wake()
        return view

    def _shown(self, db: sqlite3.Connection, order: Order) -> Json:
        return self._viewer.order(order, refunds.refunds_of(db, order.id))

    def _saved_method(self, members: Members) -> Json:
        """{"id": the token's, "behaviour": what happens when it is charged from now on}."""
        token_id = text(members, "id")
        behaviour = one_of(members, "behaviour", BEHAVIOURS, needed=True)
        with self._desk.store.transaction() as db:
            changed = db.execute(
                "UPDATE paypal_tokens SET behaviour = ? WHERE id = ?", (behaviour, token_id)
            ).rowcount
        if not changed:
            raise LookupError("there is no such saved method")
        return {"id": token_id, "behaviour": behaviour}

    def _refund_by_hand(self, members: Members) -> Json:
        """{"number": "…", "amount"?: minor units, "reversed"?: PayPal itself does it}."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            order = _existing(db, text(members, "number"))
            amount = optional_whole(members, "amount")
            body: Json = {} if amount is None else {"amount": written(amount, order.currency)}
            refund = refunds.request_refund(db, order, body, ends=("COMPLETED", now), now=now)
            if members.get("reversed") is True:
                refund = refunds.end_at_once(db, refund)
                self._teller.reversed(db, refund, order, now=now)
            view = self._viewer.refund(refund, order)
        desk.wake()
        return view

    def _forget_requests(self, _members: Members) -> Json:
        """Forget every PayPal-Request-Id, as PayPal does after a while."""
        with self._desk.store.transaction() as db:
            count = reports.forget_requests(db)
        return {"count": count}

    def _reported_until(self, members: Members) -> Json:
        """{"at": the time up to which reports are complete}."""
        at = datetime.fromisoformat(text(members, "at"))
        with self._desk.store.transaction() as db:
            reports.report_until(db, at.timestamp())
        return {"at": at.isoformat()}


def _existing(db: sqlite3.Connection, number: str) -> Order:
    order = find_order(db, number)
    if order is None:
        raise LookupError("there is no such order")
    return order
