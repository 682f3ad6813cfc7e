"""Refunds: accepted at once, settled a moment later, then notified.

Source: pay.weixin.qq.com/doc/v3, "退款申请", "查询单笔退款", "退款结果通知".
"""

import json
import sqlite3
from dataclasses import astuple, dataclass

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.orders import Order, digits, find_order
from limosa.simulators.payment_gateway.wechatpay.refusals import (
    Code,
    GatewayRefusalError,
    parameter_refusal,
)
from limosa.simulators.payment_gateway.wechatpay.validation import check_refund
from limosa.simulators.payment_gateway.wire import Json

REFUNDS_PER_ORDER_MAX = 50
_ACCOUNT = "支付用户零钱"


@dataclass(frozen=True, slots=True)
class Refund:
    out_refund_no: str
    refund_id: str
    out_trade_no: str
    request: str
    amount: int
    notify_url: str
    state: str
    outcome: str
    created_at: float
    settles_at: float


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a new refund will end, and after how long."""

    outcome: str
    seconds: float


def find_refund(db: sqlite3.Connection, out_refund_no: str) -> Refund | None:
    query = "SELECT * FROM wechatpay_refunds WHERE out_refund_no = ?"
    row = db.execute(query, (out_refund_no,)).fetchone()
    return Refund(**row) if row else None


def request_refund(
    db: sqlite3.Connection, refund: Json, settlement: Settlement, *, now: float
) -> Refund:
    """Return the refund, new or (for the same parameters again) the existing one.

    Raises GatewayRefusalError: invalid format, unknown or unpaid order, a total other than was
    paid, more than is left, more than 50 refunds, or a refund number in use with other parameters.
    """
    check_refund(refund)
    order = _order_of(db, refund)
    request = json.dumps(refund, sort_keys=True)
    known = find_refund(db, str(refund["out_refund_no"]))
    if known is not None:
        if known.request != request:
            raise GatewayRefusalError(
                Code.INVALID_REQUEST, "请求内容和上次请求不一致，请核实后再试。"
            )
        return known
    amount = _check_amounts(db, refund, order)
    new = Refund(
        out_refund_no=str(refund["out_refund_no"]),
        refund_id="5030" + digits(25),
        out_trade_no=order.out_trade_no,
        request=request,
        amount=amount,
        notify_url=str(refund.get("notify_url") or ""),
        state="PROCESSING",
        outcome=settlement.outcome,
        created_at=now,
        settles_at=now + settlement.seconds,
    )
    values = astuple(new)
    db.execute(f"INSERT INTO wechatpay_refunds VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
    query = "UPDATE wechatpay_orders SET state = 'REFUND' WHERE out_trade_no = ?"
    db.execute(query, (order.out_trade_no,))
    return new


def settle_due_refunds(db: sqlite3.Connection, *, now: float) -> list[Refund]:
    """End the refunds that are due; return them in their new state."""
    query = (
        "SELECT out_refund_no FROM wechatpay_refunds WHERE state = 'PROCESSING' AND settles_at <= ?"
    )
    settled = []
    for row in db.execute(query, (now,)).fetchall():
        number = row["out_refund_no"]
        db.execute(
            "UPDATE wechatpay_refunds SET state = outcome WHERE out_refund_no = ?", (number,)
        )
        refund = find_refund(db, number)
        if refund is not None:
            settled.append(refund)
    return settled


def next_settlement_at(db: sqlite3.Connection) -> float | None:
    """Return when the next refund is due to end."""
    query = "SELECT min(settles_at) AS at FROM wechatpay_refunds WHERE state = 'PROCESSING'"
    at = db.execute(query).fetchone()["at"]
    return None if at is None else float(at)


def refund_view(refund: Refund, order: Order) -> Json:
    """Return the refund as the answers to request and query show it."""
    view: Json = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": order.transaction_id,
        "out_trade_no": refund.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": _ACCOUNT,
        "create_time": beijing_time(refund.created_at),
        "status": refund.state,
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "amount": {
            "total": order.total,
            "refund": refund.amount,
            "from": [],
            "payer_total": order.total,
            "payer_refund": refund.amount,
            "settlement_refund": refund.amount,
            "settlement_total": order.total,
            "discount_refund": 0,
            "currency": order.currency,
            "refund_fee": 0,
        },
    }
    if refund.state == "SUCCESS":
        view["success_time"] = beijing_time(refund.settles_at)
    return view


def refund_notice(refund: Refund, order: Order, merchant: Merchant) -> Json:
    """Return the refund as its notification contains it; as in the real one, without a currency."""
    notice: Json = {
        "mchid": merchant.mchid,
        "out_trade_no": refund.out_trade_no,
        "transaction_id": order.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.state,
        "user_received_account": _ACCOUNT,
        "amount": {
            "total": order.total,
            "refund": refund.amount,
            "payer_total": order.total,
            "payer_refund": refund.amount,
        },
    }
    if refund.state == "SUCCESS":
        notice["success_time"] = beijing_time(refund.settles_at)
    return notice


def _order_of(db: sqlite3.Connection, refund: Json) -> Order:
    if refund.get("transaction_id"):  # It takes precedence if both are given.
        order = find_order(db, "transaction_id", str(refund["transaction_id"]))
    else:
        order = find_order(db, "out_trade_no", str(refund["out_trade_no"]))
    if order is None or not order.is_paid:
        raise GatewayRefusalError(Code.RESOURCE_NOT_EXISTS, "订单不存在")
    return order


def _check_amounts(db: sqlite3.Connection, refund: Json, order: Order) -> int:
    """Return the amount to refund."""
    amount = refund["amount"]
    if not isinstance(amount, dict):
        raise TypeError("amount")
    if amount["currency"] != order.currency:
        raise parameter_refusal("/amount/currency", "与订单币种不一致", amount["currency"])
    if amount["total"] != order.total:
        raise GatewayRefusalError(
            Code.INVALID_REQUEST, "订单金额或退款金额与之前请求不一致，请核实后再试"
        )
    row = db.execute(
        "SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount FROM wechatpay_refunds"
        " WHERE out_trade_no = ? AND state <> 'CLOSED'",
        (order.out_trade_no,),
    ).fetchone()
    if row["amount"] + amount["refund"] > order.total:
        raise GatewayRefusalError(Code.INVALID_REQUEST, "申请退款金额大于订单可退金额")
    if row["count"] >= REFUNDS_PER_ORDER_MAX:
        raise GatewayRefusalError(Code.INVALID_REQUEST, "部分退款次数超过限制")
    return int(amount["refund"])
