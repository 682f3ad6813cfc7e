"""Refunds: completed at once, or accepted and completed a moment later.

Source: opendocs.alipay.com, "alipay.trade.refund" and "alipay.trade.fastpay.refund.query". A
successful reply only says that the request was accepted: `fund_change` Y says that money moved now;
N is also the answer to a repeated request. Its `refund_fee` is the sum of all refunds so far.
"""

import sqlite3
from dataclasses import astuple, dataclass, replace

from limosa.simulators.payment_gateway.alipay.refusals import parameter, refused
from limosa.simulators.payment_gateway.alipay.trades import (
    CLOSED,
    PAID,
    Trade,
    amount_text,
    find_trade,
    minor_of,
    time_text,
)
from limosa.simulators.payment_gateway.wire import Json

# How a refund may end: at once, a moment later, or not, for lack of money in the account.
OUTCOMES = ("SUCCESS", "LATER", "SELLER_BALANCE_NOT_ENOUGH")


@dataclass(frozen=True, slots=True)
class Refund:
    out_trade_no: str
    out_request_no: str
    amount: int
    created_at: float
    settles_at: float
    is_done: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A requested refund. `is_new`: not a repetition of an earlier request."""

    refund: Refund
    trade: Trade
    is_new: bool


def find_refund(db: sqlite3.Connection, out_trade_no: str, out_request_no: str) -> Refund | None:
    query = "SELECT * FROM alipay_refunds WHERE out_trade_no = ? AND out_request_no = ?"
    row = db.execute(query, (out_trade_no, out_request_no)).fetchone()
    return Refund(**row) if row else None


def refunded(db: sqlite3.Connection, out_trade_no: str) -> int:
    """Return how much of a trade has been refunded."""
    query = (
        "SELECT coalesce(sum(amount), 0) AS amount FROM alipay_refunds"
        " WHERE out_trade_no = ? AND is_done = 1"
    )
    return int(db.execute(query, (out_trade_no,)).fetchone()["amount"])


def ask_refund(
    db: sqlite3.Connection, trade: Trade, content: Json, *, settles_at: float, now: float
) -> Asked:
    """Accept a request; the refund is completed when it is due. Repeating it changes nothing.

    Raises GatewayRefusalError: unpaid or closed trade, more than is left, or a request number in
    use with another amount.
    """
    number = str(content.get("out_request_no") or trade.out_trade_no)
    if content.get("refund_currency", trade.currency) != trade.currency:
        raise parameter("refund_currency", "与订单币种不一致")
    amount = minor_of(content["refund_amount"], "refund_amount", trade.currency)
    known = find_refund(db, trade.out_trade_no, number)
    if known is not None:
        if known.amount != amount:
            raise refused("ACQ.DISCORDANT_REPEAT_REQUEST", "退款金额不一致")
        return Asked(known, trade, is_new=False)
    if trade.state == CLOSED:
        raise refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if trade.state != PAID:
        raise refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    if _asked_for(db, trade) + amount > trade.total:
        raise refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    refund = Refund(trade.out_trade_no, number, amount, now, settles_at, 0)
    db.execute("INSERT INTO alipay_refunds VALUES (?, ?, ?, ?, ?, ?)", astuple(refund))
    return Asked(refund, trade, is_new=True)


def settle_due_refunds(db: sqlite3.Connection, *, now: float) -> list[tuple[Refund, Trade]]:
    """Complete the refunds that are due; return them with their trades as they are then.

    A trade that has been refunded in full is closed.
    """
    query = "SELECT * FROM alipay_refunds WHERE is_done = 0 AND settles_at <= ? ORDER BY settles_at"
    settled = []
    for row in db.execute(query, (now,)).fetchall():
        refund = replace(Refund(**row), is_done=1)
        db.execute(
            "UPDATE alipay_refunds SET is_done = 1 WHERE out_trade_no = ? AND out_request_no = ?",
            (refund.out_trade_no, refund.out_request_no),
        )
        db.execute(
            "UPDATE alipay_trades SET state = 'TRADE_CLOSED', closed_at = ?"
            " WHERE out_trade_no = ? AND total = ?",
            (now, refund.out_trade_no, refunded(db, refund.out_trade_no)),
        )
        trade = find_trade(db, "out_trade_no", refund.out_trade_no)
        if trade is not None:
            settled.append((refund, trade))
    return settled


def next_settlement_at(db: sqlite3.Connection) -> float | None:
    """Return when the next refund is due."""
    query = "SELECT min(settles_at) AS at FROM alipay_refunds WHERE is_done = 0"
    at = db.execute(query).fetchone()["at"]
    return None if at is None else float(at)


def asked_view(db: sqlite3.Connection, asked: Asked) -> Json:
    """Return a refund as the request's answer shows it."""
    trade = asked.trade
    refund = find_refund(db, trade.out_trade_no, asked.refund.out_request_no)
    has_moved = asked.is_new and refund is not None and bool(refund.is_done)
    return {
        "buyer_logon_id": "lim***@sandbox.example",
        "buyer_user_id": trade.buyer,
        "fund_change": "Y" if has_moved else "N",
        "gmt_refund_pay": time_text(asked.refund.settles_at),
        "out_trade_no": trade.out_trade_no,
        "refund_fee": amount_text(refunded(db, trade.out_trade_no), trade.currency),
        "trade_no": trade.trade_no,
    }


def refund_view(refund: Refund | None, trade: Trade) -> Json:
    """Return a refund as the query shows it: without a status unless it is completed."""
    if refund is None or not refund.is_done:
        return {}
    view: Json = {
        "out_request_no": refund.out_request_no,
        "out_trade_no": trade.out_trade_no,
        "refund_amount": amount_text(refund.amount, trade.currency),
        "refund_status": "REFUND_SUCCESS",
        "total_amount": amount_text(trade.total, trade.currency),
        "trade_no": trade.trade_no,
    }
    if trade.currency != "CNY":
        view["refund_currency"] = trade.currency
    return view


def _asked_for(db: sqlite3.Connection, trade: Trade) -> int:
    query = "SELECT coalesce(sum(amount), 0) AS amount FROM alipay_refunds WHERE out_trade_no = ?"
    return int(db.execute(query, (trade.out_trade_no,)).fetchone()["amount"])
