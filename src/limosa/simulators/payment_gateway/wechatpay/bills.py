"""A day's trade bill: all payments and refunds, in yuan, as a CSV of backticked values.

Source: pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html: days are
Beijing's, from midnight; a payment is listed at the time it was made, a refund at the time it was
accepted, with its state when the bill was written. The real bill is written the next morning; this
one whenever it is requested, from what is known then. There are no fees.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from limosa.simulators.clock import BEIJING, beijing_time
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.orders import TRADE_TYPES

HEADING = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS_HEADING = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
_COLUMNS = tuple(HEADING.split(","))
_NO_FEE = {"手续费": "0.00000", "费率": "0.00%"}


def day_bill(db: sqlite3.Connection, merchant: Merchant, day: date) -> bytes:
    """Return the bill of payments made, and refunds accepted, on the day."""
    begin = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    bounds = (begin.timestamp(), (begin + timedelta(days=1)).timestamp())
    payments = db.execute(
        "SELECT * FROM wechatpay_orders WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at",
        bounds,
    ).fetchall()
    refunds = db.execute(
        "SELECT refund.*, kind, transaction_id, payer, currency, total, description, attach"
        " FROM wechatpay_refunds AS refund JOIN wechatpay_orders USING (out_trade_no)"
        " WHERE refund.created_at >= ? AND refund.created_at < ? ORDER BY refund.created_at",
        bounds,
    ).fetchall()
    taken = sum(row["total"] for row in payments)
    given = sum(row["amount"] for row in refunds if row["state"] != "CLOSED")
    totals = [str(len(payments) + len(refunds)), yuan(taken), yuan(given), "0.00", "0.00000"]
    totals += [yuan(taken), yuan(given)]
    lines = [HEADING, *_lines(merchant, payments, refunds), TOTALS_HEADING, _line(totals)]
    return ("\r\n".join(lines) + "\r\n").encode()


def has_entries(bill: bytes) -> bool:
    """Return whether the bill contains anything except headings and totals."""
    return bill.count(b"\r\n") > 3


def yuan(amount_minor: int) -> str:
    """Format fen as yuan: 2500 is 25.00."""
    return f"{amount_minor // 100}.{amount_minor % 100:02}"


def _lines(
    merchant: Merchant, payments: Iterable[sqlite3.Row], refunds: Iterable[sqlite3.Row]
) -> Iterator[str]:
    for row in payments:
        paid = {
            "交易时间": _time(row["paid_at"]),
            "交易状态": "SUCCESS",
            "应结订单金额": yuan(row["total"]),
            "订单金额": yuan(row["total"]),
        }
        yield _entry(merchant, row, paid)
    for row in refunds:
        refunded = {
            "交易时间": _time(row["created_at"]),
            "交易状态": "REFUND",
            "微信退款单号": row["refund_id"],
            "商户退款单号": row["out_refund_no"],
            "退款金额": yuan(row["amount"]),
            "申请退款金额": yuan(row["amount"]),
            "退款类型": "ORIGINAL",
            "退款状态": row["state"],
        }
        yield _entry(merchant, row, refunded)


def _entry(merchant: Merchant, row: sqlite3.Row, own: dict[str, str]) -> str:
    zero = dict.fromkeys(
        ("应结订单金额", "代金券金额", "退款金额", "充值券退款金额", "订单金额", "申请退款金额"),
        "0.00",
    )
    shared = {
        "公众账号ID": merchant.appid,
        "商户号": merchant.mchid,
        "特约商户号": "0",
        "微信订单号": row["transaction_id"],
        "商户订单号": row["out_trade_no"],
        "用户标识": row["payer"],
        "交易类型": TRADE_TYPES[row["kind"]],
        "付款银行": "OTHERS",
        "货币种类": row["currency"],
        "微信退款单号": "0",
        "商户退款单号": "0",
        "商品名称": _plain(row["description"]),
        "商户数据包": _plain(row["attach"]),
    }
    values = zero | shared | _NO_FEE | own
    return _line(values.get(column, "") for column in _COLUMNS)


def _plain(text: str) -> str:
    """Remove from a text what would start another column."""
    return text.replace(",", " ").replace("`", " ").replace("\n", " ").replace("\r", " ")


def _line(values: Iterable[str]) -> str:
    return ",".join(f"`{value}" for value in values)


def _time(seconds: float) -> str:
    return beijing_time(seconds).replace("T", " ")[:19]
