"""The content of a notification, and its signature: a form, sent by POST.

Source: opendocs.alipay.com, "异步通知说明". The notification of a partial refund still says
TRADE_SUCCESS, that of a full refund TRADE_CLOSED; `refund_fee` is the sum of all refunds.
"""

import json
from enum import StrEnum
from urllib.parse import urlencode

from limosa.simulators.payment_gateway.alipay import crypto
from limosa.simulators.payment_gateway.alipay.merchant import Merchant, digits
from limosa.simulators.payment_gateway.alipay.refunds import Refund
from limosa.simulators.payment_gateway.alipay.trades import Trade, amount_text, time_text
from limosa.simulators.payment_gateway.notifications import Event, Notification
from limosa.simulators.payment_gateway.wire import Json, Outgoing

RETRY_SECONDS = (240, 600, 600, 3600, 7200, 21_600, 54_000)
_TEN_DAYS = 10 * 86_400
_UNSIGNED = ("sign", "sign_type")
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Corruption(StrEnum):
    """What is wrong with a notification. All but the first three are properly signed."""

    SIGNATURE = "signature"  # does not match the form
    BODY = "body"  # altered after it was signed
    SIGN_TYPE = "sign_type"  # signed with SHA-1, the old way
    TIMESTAMP_STALE = "timestamp_stale"  # sent ten days ago
    TIMESTAMP_FUTURE = "timestamp_future"  # to be sent in ten days
    AMOUNT = "amount"
    CURRENCY = "currency"
    MERCHANT = "merchant"  # another seller
    APPLICATION = "application"  # another app_id
    UNKNOWN_ORDER = "unknown_order"


CORRUPTIONS = tuple(str(one) for one in Corruption)
_SHIFTS: dict[str, int] = {
    Corruption.TIMESTAMP_STALE: -_TEN_DAYS,
    Corruption.TIMESTAMP_FUTURE: _TEN_DAYS,
}
_ALTERED: dict[str, dict[str, str]] = {
    Corruption.AMOUNT: {"total_amount": "0.01"},
    Corruption.CURRENCY: {"trans_currency": "HKD"},
    Corruption.MERCHANT: {"seller_id": "2088" + "1" * 12},
    Corruption.APPLICATION: {"app_id": "2021" + "1" * 12},
}


def trade_event(trade: Trade, merchant: Merchant) -> Event:
    """Report a payment."""
    return Event(trade.out_trade_no, trade.state, trade.notify_url, _notice(trade, merchant))


def refund_event(trade: Trade, merchant: Merchant, refund: Refund, *, refunded: int) -> Event:
    """Report a refund: the same trade again, with what went back so far."""
    notice = _notice(trade, merchant) | {
        "out_biz_no": refund.out_request_no,
        "refund_fee": amount_text(refunded, trade.currency),
        "gmt_refund": f"{time_text(refund.settles_at)}.{int(refund.settles_at % 1 * 1000):03}",
    }
    if trade.closed_at is not None:
        notice["gmt_close"] = time_text(trade.closed_at)
    return Event(trade.out_trade_no, trade.state, trade.notify_url, notice)


def build_message(
    notification: Notification, merchant: Merchant, corruption: str | None, *, now: float
) -> Outgoing:
    """Sign the notification as of now; corrupted if requested."""
    said: dict[str, str] = json.loads(notification.content)
    pairs = {
        **said,
        "notify_id": notification.id.replace("-", ""),
        "notify_type": "trade_status_sync",
        "notify_time": time_text(now + _SHIFTS.get(corruption or "", 0)),
        "app_id": merchant.app_id,
        "auth_app_id": merchant.app_id,
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        **_ALTERED.get(corruption or "", {}),
    }
    if corruption == Corruption.UNKNOWN_ORDER:
        pairs["out_trade_no"] = "UNKNOWN" + digits(12)
    message = crypto.pairs_message(pairs, without=_UNSIGNED)
    if corruption == Corruption.SIGNATURE:
        message = b"something else"
    pairs["sign"] = crypto.sign(merchant.platform_key, message)
    if corruption == Corruption.SIGN_TYPE:
        pairs |= {
            "sign_type": "RSA",
            "sign": crypto.sign_by_sha1(merchant.platform_key, message),
        }
    elif corruption == Corruption.BODY:
        pairs["total_amount"] += "0"
    return Outgoing(notification.url, _FORM, urlencode(pairs).encode())


def _notice(trade: Trade, merchant: Merchant) -> Json:
    amount = amount_text(trade.total, trade.currency)
    notice: Json = {
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "trade_status": trade.state,
        "total_amount": amount,
        "receipt_amount": amount,
        "buyer_pay_amount": amount,
        "invoice_amount": amount,
        "point_amount": "0.00",
        "subject": trade.subject,
        "body": "",
        "buyer_id": trade.buyer,
        "buyer_logon_id": "lim***@sandbox.example",
        "seller_id": merchant.seller_id,
        "seller_email": "shop@limosa.example",
        "gmt_create": time_text(trade.created_at),
        "gmt_payment": time_text(trade.paid_at or trade.created_at),
        "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
    }
    if trade.currency != "CNY":
        notice["trans_currency"] = trade.currency
    return notice
