"""The content of a notification, its encryption and its signature.

Source: pay.weixin.qq.com/doc/v3, "支付成功回调通知" and "退款结果通知".
"""

import json
import secrets
from dataclasses import dataclass
from enum import StrEnum

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.notifications import Event, Notification
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wire import Json, Outgoing

RETRY_SECONDS = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
_TEN_DAYS = 10 * 86_400
_UNKNOWN_SERIAL = "PUB_KEY_ID_" + "9" * 34
_SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}


class Corruption(StrEnum):
    """What is wrong with a notification. All but the first five are properly signed and
    encrypted."""

    SIGNATURE = "signature"  # does not match the body
    BODY = "body"  # altered after it was signed
    TIMESTAMP_STALE = "timestamp_stale"  # ten days ago, properly signed
    TIMESTAMP_FUTURE = "timestamp_future"  # in ten days, properly signed
    SIGNTEST = "signtest"  # the provider's own probe: must be refused
    SERIAL = "serial"  # signed, under the name of an unknown key
    CIPHERTEXT = "ciphertext"  # signed, but encrypted with another APIv3 key
    AMOUNT = "amount"
    CURRENCY = "currency"
    MERCHANT = "merchant"  # another mchid
    UNKNOWN_ORDER = "unknown_order"


CORRUPTIONS = tuple(str(one) for one in Corruption)
_SHIFTS: dict[str, int] = {
    Corruption.TIMESTAMP_STALE: -_TEN_DAYS,
    Corruption.TIMESTAMP_FUTURE: _TEN_DAYS,
}


def payment_event(view: Json, *, notify_url: str) -> Event:
    """Report a payment; `view` is the order as the query shows it."""
    return Event(str(view["out_trade_no"]), "TRANSACTION.SUCCESS", notify_url, view)


def refund_event(state: str, notice: Json, *, notify_url: str) -> Event:
    """Report how a refund ended."""
    return Event(str(notice["out_trade_no"]), f"REFUND.{state}", notify_url, notice)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys to encrypt and sign a notification with."""

    apiv3_key: str
    signer: crypto.Signer


def build_message(
    notification: Notification, keys: Keys, corruption: str | None, *, now: float
) -> Outgoing:
    """Encrypt and sign the notification as of now; corrupted if requested."""
    resource = _altered(json.loads(notification.content), corruption)
    is_misencrypted = corruption == Corruption.CIPHERTEXT
    original_type = "refund" if notification.event_type.startswith("REFUND") else "transaction"
    sealed = crypto.seal(
        json.dumps(resource, ensure_ascii=False).encode(),
        apiv3_key="0" * 32 if is_misencrypted else keys.apiv3_key,
        associated_data=original_type,
    )
    envelope = {
        "id": notification.id,
        "create_time": beijing_time(notification.created_at),
        "resource_type": "encrypt-resource",
        "event_type": notification.event_type,
        "summary": _SUMMARIES[notification.event_type],
        "resource": {"original_type": original_type, **sealed},
    }
    body = json.dumps(envelope, ensure_ascii=False).encode()
    headers = signature_headers(keys.signer, body, now=now + _SHIFTS.get(corruption or "", 0))
    if corruption == Corruption.SERIAL:
        headers["Wechatpay-Serial"] = _UNKNOWN_SERIAL
    elif corruption == Corruption.SIGNATURE:
        headers["Wechatpay-Signature"] = crypto.sign(keys.signer.key, b"something else")
    elif corruption == Corruption.SIGNTEST:
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
    elif corruption == Corruption.BODY:
        body = body.replace(b"SUCCESS", b"SUCCES5", 1)
    return Outgoing(notification.url, {"Content-Type": "application/json", **headers}, body)


def signature_headers(signer: crypto.Signer, body: bytes, *, now: float) -> dict[str, str]:
    """Return the headers by which the merchant recognizes the platform's messages."""
    timestamp, nonce = str(int(now)), secrets.token_hex(16)
    message = crypto.reply_message(timestamp, nonce, body)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": crypto.sign(signer.key, message),
        "Wechatpay-Serial": signer.serial,
        "Wechatpay-Signature-Type": crypto.SCHEME,
    }


def _altered(resource: Json, corruption: str | None) -> Json:
    amount = resource["amount"]
    if not isinstance(amount, dict):
        raise TypeError("amount")
    if corruption == Corruption.AMOUNT:
        return {**resource, "amount": {**amount, "total": 1, "payer_total": 1}}
    if corruption == Corruption.CURRENCY:
        return {**resource, "amount": {**amount, "currency": "JPY", "payer_currency": "JPY"}}
    if corruption == Corruption.MERCHANT:
        return {**resource, "mchid": "1" * 10}
    if corruption == Corruption.UNKNOWN_ORDER:
        return {**resource, "out_trade_no": "UNKNOWN-" + secrets.token_hex(8)}
    return resource
