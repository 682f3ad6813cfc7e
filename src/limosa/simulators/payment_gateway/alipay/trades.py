"""A trade at Alipay: a code waiting to be scanned, a trade waiting to be paid, a paid trade.

Source: opendocs.alipay.com, "alipay.trade.precreate", "…page.pay", "…wap.pay", "…query", "…close".
A trade begins when the payer scans the code or opens the page; before that the platform says that
it does not exist, and there is nothing to close.
"""

import json
import secrets
import sqlite3
import string
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Literal

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.alipay.merchant import digits
from limosa.simulators.payment_gateway.alipay.refusals import refused
from limosa.simulators.payment_gateway.alipay.validation import fen, moment
from limosa.simulators.payment_gateway.wire import Json, NotPayableError, Payment

PRECREATE = "alipay.trade.precreate"
CODE, WAITING, PAID, CLOSED = "CODE", "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"
CODE_SECONDS = 2 * 3600.0  # How long a code can be scanned.
EXPIRY_SECONDS_DEFAULT = 15 * 86_400.0
STATE_TEXTS = {CODE: "等待扫码", WAITING: "等待付款", PAID: "支付成功", CLOSED: "交易关闭"}
TradeKey = Literal["out_trade_no", "token", "trade_no"]
_WITHOUT_DECIMALS = {"JPY", "KRW", "VND", "CLP", "ISK"}


@dataclass(frozen=True, slots=True)
class Trade:
    out_trade_no: str
    method: str
    request: str
    subject: str
    notify_url: str
    return_url: str
    quit_url: str
    total: int
    currency: str
    token: str
    expires_at: float
    created_at: float
    state: str
    trade_no: str | None
    buyer: str
    paid_at: float | None
    closed_at: float | None

    @property
    def is_begun(self) -> bool:
        """Return whether the platform knows it: a code not scanned yet is not a trade."""
        return self.trade_no is not None

    def has_lapsed(self, now: float) -> bool:
        return now >= self.expires_at


def find_trade(db: sqlite3.Connection, column: TradeKey, value: str) -> Trade | None:
    row = db.execute(f"SELECT * FROM alipay_trades WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
    return Trade(**row) if row else None


def known_trade(db: sqlite3.Connection, out_trade_no: str) -> Trade:
    """Return a trade that has begun. Raises GatewayRefusalError."""
    trade = find_trade(db, "out_trade_no", out_trade_no)
    if trade is None or not trade.is_begun:
        raise refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return trade


def last_trades(db: sqlite3.Connection, *, count: int) -> list[Trade]:
    """Return the latest trades requested, newest first."""
    rows = db.execute("SELECT * FROM alipay_trades ORDER BY created_at DESC LIMIT ?", (count,))
    return [Trade(**row) for row in rows.fetchall()]


def place_trade(
    db: sqlite3.Connection, parameters: Mapping[str, str], content: Json, *, now: float
) -> Trade:
    """Return the trade, new or (for the same parameters again) the existing one.

    Raises GatewayRefusalError for a number in use with other parameters, or paid, or closed; a page
    that is opened again shows its trade in any state.
    """
    kept = {name: parameters.get(name, "") for name in ("method", "notify_url", "return_url")}
    request = json.dumps({**kept, "content": content}, sort_keys=True)
    known = find_trade(db, "out_trade_no", str(content["out_trade_no"]))
    if known is None:
        new = _new_trade(kept, content, request=request, now=now)
        marks = ", ".join("?" * len(astuple(new)))
        db.execute(f"INSERT INTO alipay_trades VALUES ({marks})", astuple(new))  # noqa: S608
        return new
    if known.request != request:
        raise refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    if known.method == PRECREATE and known.state == PAID:
        raise refused("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if known.method == PRECREATE and known.state == CLOSED:
        raise refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    return known


def begin_trade(db: sqlite3.Connection, trade: Trade) -> Trade:
    """Do what scanning or opening does: from now on the platform knows the trade."""
    if trade.is_begun:
        return trade
    return _changed(db, trade, "state = ?, trade_no = ?", (WAITING, _trade_number(trade)))


def close_trade(db: sqlite3.Connection, trade: Trade, *, now: float) -> Trade:
    """Close a trade that waits to be paid. Raises GatewayRefusalError."""
    if trade.state != WAITING:
        raise refused("ACQ.TRADE_STATUS_ERROR", "只有等待买家付款状态下才能发起交易关闭")
    return _changed(db, trade, "state = ?, closed_at = ?", (CLOSED, now))


def close_lapsed(db: sqlite3.Connection, *, now: float) -> None:
    """Close trades not paid in time. This is not notified."""
    db.execute(
        "UPDATE alipay_trades SET state = 'TRADE_CLOSED', closed_at = expires_at"
        " WHERE state = 'WAIT_BUYER_PAY' AND expires_at <= ?",
        (now,),
    )


def next_lapse_at(db: sqlite3.Connection) -> float | None:
    query = "SELECT min(expires_at) AS at FROM alipay_trades WHERE state = 'WAIT_BUYER_PAY'"
    at = db.execute(query).fetchone()["at"]
    return None if at is None else float(at)


def pay_trade(db: sqlite3.Connection, trade: Trade, payment: Payment, *, now: float) -> Trade:
    """Take the money; return the paid trade. Raises NotPayableError."""
    if trade.paid_at is not None:
        raise NotPayableError("the trade has been paid")
    if not payment.even_if_closed:
        if trade.state == CLOSED:
            raise NotPayableError("the trade has been closed")
        if trade.has_lapsed(now):
            raise NotPayableError("the time to pay is over")
    total, currency = payment.total or trade.total, payment.currency or trade.currency
    return _changed(
        db,
        trade,
        "state = ?, trade_no = ?, paid_at = ?, total = ?, currency = ?, closed_at = NULL",
        (PAID, trade.trade_no or _trade_number(trade), now, total, currency),
    )


def trade_view(trade: Trade, *, refunded: int = 0) -> Json:
    """Return a trade as the query shows it."""
    received = amount_text(trade.total - refunded, trade.currency)
    view: Json = {
        "buyer_logon_id": "lim***@sandbox.example",
        "buyer_user_id": trade.buyer,
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no,
        "trade_status": trade.state,
        "total_amount": amount_text(trade.total, trade.currency),
        "receipt_amount": received if trade.paid_at is not None else "0.00",
        "buyer_pay_amount": received if trade.paid_at is not None else "0.00",
        "invoice_amount": "0.00",
        "point_amount": "0.00",
    }
    if trade.currency != "CNY":
        view["trans_currency"] = trade.currency
    if trade.paid_at is not None:
        view["send_pay_date"] = time_text(trade.paid_at)
    return view


def amount_text(amount_minor: int, currency: str) -> str:
    """Format minor units as Alipay does: 2500 fen are 25.00."""
    if currency in _WITHOUT_DECIMALS:
        return str(amount_minor)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{abs(amount_minor) // 100}.{abs(amount_minor) % 100:02}"


def minor_of(text: object, name: str, currency: str) -> int:
    """Parse an amount into minor units. Raises GatewayRefusalError."""
    hundredths = fen(text, name)
    return hundredths // 100 if currency in _WITHOUT_DECIMALS else hundredths


def time_text(seconds: float) -> str:
    """Format a time as Alipay does: Beijing time, without an offset."""
    return beijing_time(seconds).replace("T", " ")[:19]


def _new_trade(kept: Mapping[str, str], content: Json, *, request: str, now: float) -> Trade:
    expires_at = now + EXPIRY_SECONDS_DEFAULT
    if content.get("time_expire"):
        expires_at = moment(content["time_expire"], now=now)
    if kept["method"] == PRECREATE:
        expires_at = min(expires_at, now + CODE_SECONDS)
    alphabet = string.ascii_lowercase + string.digits
    return Trade(
        out_trade_no=str(content["out_trade_no"]),
        method=kept["method"],
        request=request,
        subject=str(content["subject"]),
        notify_url=kept["notify_url"],
        return_url=kept["return_url"],
        quit_url=str(content.get("quit_url") or ""),
        total=fen(content["total_amount"], "total_amount"),
        currency="CNY",
        token="bax" + "".join(secrets.choice(alphabet) for _ in range(16)),
        expires_at=expires_at,
        created_at=now,
        state=CODE,
        trade_no=None,
        buyer="2088" + digits(12),
        paid_at=None,
        closed_at=None,
    )


def _trade_number(trade: Trade) -> str:
    return time_text(trade.created_at)[:10].replace("-", "") + "22" + digits(18)


def _changed(
    db: sqlite3.Connection, trade: Trade, assignments: str, values: tuple[object, ...]
) -> Trade:
    query = f"UPDATE alipay_trades SET {assignments} WHERE out_trade_no = ?"  # noqa: S608
    db.execute(query, (*values, trade.out_trade_no))
    changed = find_trade(db, "out_trade_no", trade.out_trade_no)
    if changed is None:
        raise LookupError(trade.out_trade_no)
    return changed
