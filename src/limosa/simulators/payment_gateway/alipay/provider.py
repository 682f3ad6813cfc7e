"""Alipay as a wire of the gateway."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date

from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway.alipay import refunds, trades
from limosa.simulators.payment_gateway.alipay.bills import bill_file, day_lines
from limosa.simulators.payment_gateway.alipay.cashier import Cashier, code_url, page_path
from limosa.simulators.payment_gateway.alipay.gateway_api import GatewayApi
from limosa.simulators.payment_gateway.alipay.merchant import digits, open_account
from limosa.simulators.payment_gateway.alipay.notifications import (
    CORRUPTIONS,
    RETRY_SECONDS,
    build_message,
    refund_event,
    trade_event,
)
from limosa.simulators.payment_gateway.alipay.trades import (
    PRECREATE,
    close_lapsed,
    find_trade,
    pay_trade,
    trade_view,
)
from limosa.simulators.payment_gateway.control_calls import (
    Members,
    optional_whole,
    posted,
    text,
)
from limosa.simulators.payment_gateway.notifications import Notification
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

NAME = "alipay"


class Alipay(WithoutDisputes):
    """See `wire.Wire`."""

    name = NAME
    title = "支付宝 · Alipay"
    delays: Sequence[float] = RETRY_SECONDS
    answer_seconds_max = 5.0
    operations: Sequence[str] = ("create", "query", "close", "refund", "query_refund", "bill")
    reply_faults: Sequence[str] = ("unsigned", "bad_signature")
    corruptions: Sequence[str] = CORRUPTIONS
    refund_outcomes: Sequence[str] = refunds.OUTCOMES
    has_webhook = False

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.merchant = open_account(desk.folder, base_url=desk.base_url)
        self.settings: Mapping[str, str] = self.merchant.settings

    def add_routes(self, routes: Routes) -> None:
        GatewayApi(self._desk, self.merchant, settle=self._settle_refunds).add_to(routes)
        Cashier(self._desk, self.merchant, pay=self.pay).add_to(routes)
        routes.add("POST", f"/control/{NAME}/refund-by-hand", posted(self._refund_by_hand))

    def _refund_by_hand(self, members: Members) -> Json:
        """{"number": "…", "amount"?: fen}: as on Alipay's own pages, with a number of its own."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            trade = find_trade(db, "out_trade_no", text(members, "number"))
            if trade is None:
                raise LookupError("there is no such trade")
            amount = optional_whole(members, "amount") or trade.total
            content: Json = {
                "out_request_no": digits(20),
                "refund_amount": trades.amount_text(amount, trade.currency),
            }
            asked = refunds.ask_refund(db, trade, content, settles_at=now, now=now)
            self._settle_refunds(db, now)
            view = refunds.asked_view(db, asked)
        desk.wake()
        return view

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        return build_message(notification, self.merchant, corruption, now=now)

    def is_acknowledged(self, status: int, body: bytes) -> bool:
        """Return whether the answer is exactly the one expected word."""
        return status == 200 and body == b"success"

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """Complete the refunds that are due, and close what was not paid in time."""
        close_lapsed(db, now=now)
        self._settle_refunds(db, now)
        times = (trades.next_lapse_at(db), refunds.next_settlement_at(db))
        return min((at for at in times if at is not None), default=None)

    def pay(self, number: str, payment: Payment) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            close_lapsed(db, now=now)
            trade = find_trade(db, "out_trade_no", number) or find_trade(db, "trade_no", number)
            if trade is None:
                raise NotPayableError("there is no such trade")
            paid = pay_trade(db, trade, payment, now=now)
            event = trade_event(paid, self.merchant)
            desk.notify(db, event, now=now)
            desk.note(
                db, now, "payment", paid.out_trade_no, trade_no=paid.trade_no,
                total=paid.total, currency=paid.currency, notification=event.id,
            )  # fmt: skip
        desk.wake()
        return trade_view(paid)

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        trade = find_trade(db, "out_trade_no", number)
        if trade is None:
            raise LookupError("there is no such trade")
        is_code = trade.method == PRECREATE
        page = self._desk.base_url + page_path(trade)
        view = trade_view(trade, refunded=refunds.refunded(db, number))
        return view | {"pay_url": code_url(self._desk.base_url, trade) if is_code else page}

    def books(self, db: sqlite3.Connection) -> Books:
        payments = db.execute(
            "SELECT out_trade_no, trade_no, out_trade_no, total, currency, paid_at"
            " FROM alipay_trades WHERE paid_at IS NOT NULL ORDER BY paid_at"
        ).fetchall()
        given = db.execute(
            "SELECT out_request_no, trade_no || '/' || out_request_no, refund.out_trade_no, amount,"
            " currency, settles_at FROM alipay_refunds AS refund"
            " JOIN alipay_trades USING (out_trade_no) WHERE is_done = 1 ORDER BY settles_at"
        ).fetchall()
        return Books([Entry(*row) for row in payments], [Entry(*row) for row in given])

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        body = bill_file(day_lines(db, day), self.merchant, day, now=self._desk.clock())
        return SettlementFile(
            f"{self.merchant.seller_id}_{day:%Y%m%d}.zip", "application/zip", body
        )

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        return [
            Recent(
                number=trade.out_trade_no,
                description=trade.subject,
                amount_minor=trade.total,
                currency=trade.currency,
                state=trades.STATE_TEXTS[trade.state],
                created_at=trade.created_at,
                path=page_path(trade),
            )
            for trade in trades.last_trades(db, count=count)
        ]

    def _settle_refunds(self, db: sqlite3.Connection, now: float) -> None:
        for refund, trade in refunds.settle_due_refunds(db, now=now):
            self._desk.note(
                db, now, "refund", refund.out_request_no, out_trade_no=trade.out_trade_no,
                amount=refund.amount,
            )  # fmt: skip
            total = refunds.refunded(db, trade.out_trade_no)
            event = refund_event(trade, self.merchant, refund, refunded=total)
            self._desk.notify(db, event, now=now)
