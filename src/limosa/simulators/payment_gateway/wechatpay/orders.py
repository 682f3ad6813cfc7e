"""An order at the gateway: placed, paid, closed; and how the merchant sees it.

Source: pay.weixin.qq.com/doc/v3, "Native下单", "JSAPI下单", "商户订单号查询订单", "关闭订单".
"""

import json
import secrets
import sqlite3
import string
from dataclasses import dataclass, fields
from typing import Literal

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.refusals import Code, GatewayRefusalError
from limosa.simulators.payment_gateway.wechatpay.validation import check_order, parse_time
from limosa.simulators.payment_gateway.wire import Json, NotPayableError, Payment

EXPIRY_SECONDS_MIN = 60.0  # An earlier time_expire is moved to a minute after the order.
EXPIRY_SECONDS_DEFAULT = 7 * 86_400.0
CODE_URL_PREFIX = "weixin://wxpay/bizpayurl?pr="
STATE_TEXTS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "订单发生过退款，退款详情请查询退款单",
    "CLOSED": "订单已关闭",
}
OrderKey = Literal["out_trade_no", "transaction_id", "token"]
TRADE_TYPES = {"native": "NATIVE", "h5": "MWEB", "jsapi": "JSAPI"}


@dataclass(frozen=True, slots=True)
class Order:
    out_trade_no: str
    kind: str
    request: str
    description: str
    attach: str
    notify_url: str
    total: int
    currency: str
    token: str
    expires_at: float | None
    created_at: float
    state: str
    transaction_id: str | None
    payer: str
    paid_at: float | None

    @property
    def is_paid(self) -> bool:
        return self.state in {"SUCCESS", "REFUND"}

    def has_lapsed(self, now: float) -> bool:
        """Tell whether the time to pay is over (the order itself stays open until closed)."""
        return self.expires_at is not None and now >= self.expires_at


def find_order(db: sqlite3.Connection, column: OrderKey, value: str) -> Order | None:
    row = db.execute(f"SELECT * FROM wechatpay_orders WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
    return Order(**row) if row else None


def find_payable(db: sqlite3.Connection, number: str) -> Order | None:
    """Return an order by the merchant's number or by a prepay id."""
    query = "SELECT out_trade_no FROM wechatpay_prepays WHERE prepay_id = ?"
    row = db.execute(query, (number,)).fetchone()
    return find_order(db, "out_trade_no", row["out_trade_no"] if row else number)


def prepay_id_of(db: sqlite3.Connection, order: Order) -> str:
    """Return the id by which the payer's WeChat pays the order; always the same."""
    stamp = "".join(filter(str.isdigit, beijing_time(order.created_at)[:19]))
    db.execute(
        "INSERT OR IGNORE INTO wechatpay_prepays VALUES (?, ?)",
        (f"wx{stamp}{secrets.token_hex(10)}", order.out_trade_no),
    )
    query = "SELECT prepay_id FROM wechatpay_prepays WHERE out_trade_no = ?"
    return str(db.execute(query, (order.out_trade_no,)).fetchone()["prepay_id"])


def last_orders(db: sqlite3.Connection, *, count: int) -> list[Order]:
    """Return the latest orders, newest first."""
    rows = db.execute(
        "SELECT * FROM wechatpay_orders WHERE kind <> 'none' ORDER BY created_at DESC LIMIT ?",
        (count,),
    )
    return [Order(**row) for row in rows.fetchall()]


def place_order(
    db: sqlite3.Connection, merchant: Merchant, order: Json, *, kind: str, now: float
) -> Order:
    """Return the order, new or (for the same parameters again) the existing one.

    Raises GatewayRefusalError for an invalid format, for a number in use with other parameters, and
    for an order that is paid or closed.
    """
    check_order(order, kind=kind)
    _check_account(order, merchant)
    request = json.dumps({**order, "trade_type": kind}, sort_keys=True)
    known = find_order(db, "out_trade_no", str(order["out_trade_no"]))
    if known is None:
        return _insert_order(db, order, kind=kind, request=request, now=now)
    if known.is_paid:
        raise GatewayRefusalError(Code.ORDERPAID)
    if known.request != request:
        raise GatewayRefusalError(Code.INVALID_REQUEST, "请求重入时，参数与首次请求时不一致")
    if known.state == "CLOSED":
        raise GatewayRefusalError(Code.ORDER_CLOSED)
    return known


def close_order(db: sqlite3.Connection, out_trade_no: str, *, now: float) -> None:
    """Close an unpaid order. Raises GatewayRefusalError if it is paid or closed.

    An unknown number is closed too (merchants report a 204 for it), and an order that arrives under
    it afterwards is refused.
    """
    order = find_order(db, "out_trade_no", out_trade_no)
    if order is None:
        absent: Json = {"out_trade_no": out_trade_no, "amount": {"total": 0}}
        _insert_order(db, absent, kind="none", request="{}", now=now)
    elif order.is_paid:
        raise GatewayRefusalError(Code.ORDERPAID)
    elif order.state == "CLOSED":
        raise GatewayRefusalError(Code.ORDER_CLOSED)
    db.execute(
        "UPDATE wechatpay_orders SET state = 'CLOSED' WHERE out_trade_no = ?", (out_trade_no,)
    )


def pay_order(db: sqlite3.Connection, order: Order, payment: Payment, *, now: float) -> Order:
    """Take the money; return the paid order. Raises NotPayableError."""
    if order.is_paid:
        raise NotPayableError("the order has been paid")
    if order.kind == "none":
        raise NotPayableError("the order was never placed")
    if not payment.even_if_closed:
        if order.state == "CLOSED":
            raise NotPayableError("the order has been closed")
        if order.has_lapsed(now):
            raise NotPayableError("the time to pay is over")
    db.execute(
        "UPDATE wechatpay_orders SET state = 'SUCCESS', transaction_id = ?, paid_at = ?, total = ?,"
        " currency = ? WHERE out_trade_no = ?",
        (
            "4200" + digits(24),
            now,
            payment.total or order.total,
            payment.currency or order.currency,
            order.out_trade_no,
        ),
    )
    paid = find_order(db, "out_trade_no", order.out_trade_no)
    if paid is None:
        raise LookupError(order.out_trade_no)
    return paid


def order_view(order: Order, merchant: Merchant) -> Json:
    """Return the order as the query shows it, and as a payment's notification contains it."""
    view: Json = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "out_trade_no": order.out_trade_no,
        "attach": order.attach,
        "trade_state": order.state,
        "trade_state_desc": STATE_TEXTS[order.state],
        "promotion_detail": [],
        "amount": {"total": order.total, "currency": order.currency},
    }
    if order.transaction_id and order.paid_at is not None:
        view |= {
            "transaction_id": order.transaction_id,
            "trade_type": TRADE_TYPES[order.kind],
            "bank_type": "OTHERS",
            "success_time": beijing_time(order.paid_at),
            "payer": {"openid": order.payer},
            "amount": {
                "total": order.total,
                "payer_total": order.total,
                "currency": order.currency,
                "payer_currency": order.currency,
            },
        }
    return view


def digits(count: int) -> str:
    """Return that many random digits."""
    return "".join(secrets.choice(string.digits) for _ in range(count))


def _check_account(order: Json, merchant: Merchant) -> None:
    if order["mchid"] != merchant.mchid:
        raise GatewayRefusalError(Code.MCH_NOT_EXISTS)
    if order["appid"] != merchant.appid:
        raise GatewayRefusalError(Code.APPID_MCHID_NOT_MATCH)


def _payer(order: Json) -> str:
    """Return the payer's openid: the one named, or that of whoever will scan the code."""
    payer = order.get("payer")
    named = payer.get("openid") if isinstance(payer, dict) else None
    return str(named) if named else "o" + secrets.token_hex(14)[:27]


def _insert_order(
    db: sqlite3.Connection, order: Json, *, kind: str, request: str, now: float
) -> Order:
    amount = order["amount"]
    if not isinstance(amount, dict):
        raise TypeError("amount")
    expires_at = now + EXPIRY_SECONDS_DEFAULT
    if order.get("time_expire") is not None:
        expires_at = max(parse_time(str(order["time_expire"])), now + EXPIRY_SECONDS_MIN)
    alphabet = string.ascii_letters + string.digits
    new = Order(
        out_trade_no=str(order["out_trade_no"]),
        kind=kind,
        request=request,
        description=str(order.get("description", "")),
        attach=str(order.get("attach") or ""),
        notify_url=str(order.get("notify_url", "")),
        total=int(amount["total"]),
        currency=str(amount.get("currency", "CNY")),
        token="".join(secrets.choice(alphabet) for _ in range(11)),
        expires_at=expires_at,
        created_at=now,
        state="NOTPAY",
        transaction_id=None,
        payer=_payer(order),
        paid_at=None,
    )
    columns = [field.name for field in fields(Order)]
    marks = ", ".join("?" * len(columns))
    db.execute(
        f"INSERT INTO wechatpay_orders ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
        [getattr(new, column) for column in columns],
    )
    return new
