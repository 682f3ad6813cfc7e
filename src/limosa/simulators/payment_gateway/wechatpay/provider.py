"""WeChat Pay as a wire of the gateway."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway.control_calls import (
    Members,
    optional_whole,
    posted,
    text,
)
from limosa.simulators.payment_gateway.notifications import Notification
from limosa.simulators.payment_gateway.wechatpay import orders
from limosa.simulators.payment_gateway.wechatpay.bills import day_bill
from limosa.simulators.payment_gateway.wechatpay.merchant import open_account
from limosa.simulators.payment_gateway.wechatpay.merchant_api import MerchantApi
from limosa.simulators.payment_gateway.wechatpay.notifications import (
    CORRUPTIONS,
    RETRY_SECONDS,
    Keys,
    build_message,
    payment_event,
    refund_event,
)
from limosa.simulators.payment_gateway.wechatpay.orders import (
    digits,
    find_order,
    find_payable,
    order_view,
    pay_order,
)
from limosa.simulators.payment_gateway.wechatpay.pay_pages import PayPages, page_path
from limosa.simulators.payment_gateway.wechatpay.refunds import (
    Settlement,
    next_settlement_at,
    refund_notice,
    refund_view,
    request_refund,
    settle_due_refunds,
)
from limosa.simulators.payment_gateway.wechatpay.signing import choose_signer, signer_now
from limosa.simulators.payment_gateway.wechatpay.web_authorization import WebAuthorization
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
    WithoutDisputes,
)

NAME = "wechatpay"


class WeChatPay(WithoutDisputes):
    """See `wire.Wire`."""

    name = NAME
    title = "微信支付 · WeChat Pay"
    delays: Sequence[float] = RETRY_SECONDS
    answer_seconds_max = 5.0
    operations: Sequence[str] = (
        "create", "query", "close", "refund", "query_refund", "certificates", "bill",
        "download_bill", "openid",
    )  # fmt: skip

    reply_faults: Sequence[str] = ("unsigned", "bad_signature")
    corruptions: Sequence[str] = CORRUPTIONS
    refund_outcomes: Sequence[str] = ("SUCCESS", "ABNORMAL", "CLOSED")
    has_webhook = False

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.merchant = open_account(desk.folder, base_url=desk.base_url)
        self.settings: Mapping[str, str] = self.merchant.settings

    def add_routes(self, routes: Routes) -> None:
        MerchantApi(self._desk, self.merchant).add_to(routes)
        PayPages(self._desk, self.merchant, pay=self.pay).add_to(routes)
        WebAuthorization(self._desk, self.merchant).add_to(routes)
        choose = partial(choose_signer, self._desk)
        routes.add("POST", f"/control/{NAME}/signing", posted(choose))
        routes.add("POST", f"/control/{NAME}/refund-by-hand", posted(self._refund_by_hand))

    def _refund_by_hand(self, members: Members) -> Json:
        """{"number": "…", "amount"?: fen}: as on the merchant platform, with a number of its own.

        It is notified at the payment's URL, which stands for the one set up on the platform.
        """
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            order = find_payable(db, text(members, "number"))
            if order is None:
                raise LookupError("there is no such order")
            amount = optional_whole(members, "amount") or order.total
            content: Json = {
                "out_trade_no": order.out_trade_no,
                "out_refund_no": digits(28),
                "amount": {"refund": amount, "total": order.total, "currency": order.currency},
                "notify_url": order.notify_url,
            }
            refund = request_refund(db, content, Settlement("SUCCESS", 0), now=now)
            view = refund_view(refund, order)
        desk.wake()
        return view

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        keys = Keys(self.merchant.apiv3_key, signer_now(self._desk, self.merchant))
        return build_message(notification, keys, corruption, now=now)

    def is_acknowledged(self, status: int, body: bytes) -> bool:  # noqa: ARG002  (the status does)
        return status in {200, 204}

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """Settle the refunds that are due, and notify each."""
        for refund in settle_due_refunds(db, now=now):
            self._desk.note(db, now, "refund", refund.out_refund_no, state=refund.state)
            order = find_order(db, "out_trade_no", refund.out_trade_no)
            if order is not None:
                notice = refund_notice(refund, order, self.merchant)
                event = refund_event(refund.state, notice, notify_url=refund.notify_url)
                self._desk.notify(db, event, now=now)
        return next_settlement_at(db)

    def pay(self, number: str, payment: Payment) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            order = find_payable(db, number)
            if order is None:
                raise NotPayableError("there is no such order")
            paid = pay_order(db, order, payment, now=now)
            view = order_view(paid, self.merchant)
            event = payment_event(view, notify_url=paid.notify_url)
            desk.notify(db, event, now=now)
            desk.note(
                db, now, "payment", paid.out_trade_no, transaction_id=paid.transaction_id,
                total=paid.total, currency=paid.currency, notification=event.id,
            )  # fmt: skip
        desk.wake()
        return view

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        order = find_payable(db, number)
        if order is None:
            raise LookupError("there is no such order")
        pay_url = self._desk.base_url + page_path(order)
        return order_view(order, self.merchant) | {"pay_url": pay_url}

    def books(self, db: sqlite3.Connection) -> Books:
        payments = db.execute(
            "SELECT out_trade_no, transaction_id, out_trade_no, total, currency, paid_at"
            " FROM wechatpay_orders WHERE paid_at IS NOT NULL ORDER BY paid_at"
        ).fetchall()
        refunds = db.execute(
            "SELECT out_refund_no, refund_id, refund.out_trade_no, amount, currency, settles_at"
            " FROM wechatpay_refunds AS refund JOIN wechatpay_orders USING (out_trade_no)"
            " WHERE refund.state = 'SUCCESS' ORDER BY settles_at"
        ).fetchall()
        return Books([Entry(*row) for row in payments], [Entry(*row) for row in refunds])

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        name = f"{self.merchant.mchid}All{day.isoformat()}.csv"
        body = day_bill(db, self.merchant, day)
        return SettlementFile(name, "text/csv; charset=utf-8", body)

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        return [
            Recent(
                number=order.out_trade_no,
                description=order.description,
                amount_minor=order.total,
                currency=order.currency,
                state=orders.STATE_TEXTS[order.state],
                created_at=order.created_at,
                path=page_path(order),
            )
            for order in orders.last_orders(db, count=count)
        ]
