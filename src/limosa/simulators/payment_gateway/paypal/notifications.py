"""The content of a webhook, and its signature.

Source: developer.paypal.com, "Integrate webhooks" and "Webhook event names".
"""

import json
import secrets
import uuid
from base64 import b64encode
from enum import StrEnum
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from limosa.simulators.payment_gateway.notifications import Event, Notification
from limosa.simulators.payment_gateway.paypal.merchant import CERTIFICATES_PATH, Merchant
from limosa.simulators.payment_gateway.paypal.money import written
from limosa.simulators.payment_gateway.paypal.views import time_text
from limosa.simulators.payment_gateway.wire import Json, Outgoing

# PayPal resends up to 25 times within three days; the intervals are not documented, so these are
# ours.
RETRY_SECONDS = (60, 120, 240, 480, 960, 1920, 3600, 7200, *(14_380,) * 17)
_TEN_DAYS = 10 * 86_400
_RESOURCE_TYPES = {
    "CHECKOUT": ("checkout-order", "An order has been approved by buyer"),
    "PAYMENT.CAPTURE.REFUNDED": ("refund", "A capture payment was refunded"),
    "PAYMENT.CAPTURE": ("capture", "A capture payment has changed"),
    "PAYMENT.REFUND": ("refund", "A refund has changed"),
    "CUSTOMER.DISPUTE": ("dispute", "A dispute has changed"),
    "VAULT": ("payment_token", "A payment token has been created or deleted"),
}


class Corruption(StrEnum):
    """What is wrong with a webhook. The last four are properly signed."""

    SIGNATURE = "signature"  # does not match the body
    BODY = "body"  # altered after it was signed
    WEBHOOK = "webhook"  # signed for another of the merchant's webhooks
    ALGORITHM = "algorithm"  # SHA1withRSA
    TIMESTAMP_STALE = "timestamp_stale"  # ten days ago, properly signed
    TIMESTAMP_FUTURE = "timestamp_future"  # in ten days, properly signed
    CERTIFICATE = "certificate"  # by a certificate new to the merchant
    CERTIFICATE_ADDRESS = "certificate_address"  # at another URL
    AMOUNT = "amount"
    CURRENCY = "currency"
    MERCHANT = "merchant"  # another payee
    UNKNOWN_ORDER = "unknown_order"


CORRUPTIONS = tuple(str(one) for one in Corruption)
_SHIFTS: dict[str, int] = {
    Corruption.TIMESTAMP_STALE: -_TEN_DAYS,
    Corruption.TIMESTAMP_FUTURE: _TEN_DAYS,
}


def event(event_type: str, resource: Json, *, number: str, url: str) -> Event:
    """Return an event for the merchant."""
    return Event(number, event_type, url, resource, id=f"WH-{uuid.uuid4().hex.upper()}")


def build_message(
    notification: Notification, merchant: Merchant, corruption: str | None, *, now: float,
    base_url: str,
) -> Outgoing:  # fmt: skip
    """Write and sign a webhook as of now; corrupted if requested."""
    kind, summary = next(
        words for name, words in _RESOURCE_TYPES.items() if notification.event_type.startswith(name)
    )
    envelope = {
        "id": notification.id,
        "event_version": "1.0",
        "create_time": time_text(notification.created_at),
        "resource_type": kind,
        "resource_version": "2.0",
        "event_type": notification.event_type,
        "summary": summary,
        "resource": _altered(json.loads(notification.content), corruption),
    }
    body = json.dumps(envelope, ensure_ascii=False).encode()
    headers = _headers(merchant, body, corruption, now=now, base_url=base_url)
    if corruption == Corruption.BODY:
        body = body.replace(b'"event_version": "1.0"', b'"event_version": "1.1"', 1)
    return Outgoing(notification.url, {"Content-Type": "application/json", **headers}, body)


def _headers(
    merchant: Merchant, body: bytes, corruption: str | None, *, now: float, base_url: str
) -> dict[str, str]:
    transmission_id = str(uuid.uuid4())
    sent_at = time_text(now + _SHIFTS.get(corruption or "", 0))
    webhook_id = "OTHER" if corruption == Corruption.WEBHOOK else merchant.webhook_id
    signed = b"something else" if corruption == Corruption.SIGNATURE else body
    message = f"{transmission_id}|{sent_at}|{webhook_id}|{crc32(signed)}"
    signature = merchant.signing_key.sign(message.encode(), PKCS1v15(), SHA256())
    name = merchant.certificate_id
    if corruption == Corruption.CERTIFICATE:
        name = "CERT-" + secrets.token_hex(8)
    if corruption == Corruption.CERTIFICATE_ADDRESS:
        base_url = "https://api.paypal.com.example"
    is_sha1 = corruption == Corruption.ALGORITHM
    return {
        "PAYPAL-TRANSMISSION-ID": transmission_id,
        "PAYPAL-TRANSMISSION-TIME": sent_at,
        "PAYPAL-TRANSMISSION-SIG": b64encode(signature).decode(),
        "PAYPAL-CERT-URL": base_url + CERTIFICATES_PATH + name,
        "PAYPAL-AUTH-ALGO": "SHA1withRSA" if is_sha1 else "SHA256withRSA",
    }


def _altered(resource: Json, corruption: str | None) -> Json:
    amount = resource.get("amount")
    currency = str(amount["currency_code"]) if isinstance(amount, dict) else "USD"
    if corruption == Corruption.AMOUNT:
        return {**resource, "amount": written(1, currency)}
    if corruption == Corruption.CURRENCY:
        return {**resource, "amount": written(100, "EUR")}
    if corruption == Corruption.MERCHANT:
        return {**resource, "payee": {"merchant_id": "1" * 13}}
    if corruption == Corruption.UNKNOWN_ORDER:
        number = "UNKNOWN-" + secrets.token_hex(8)
        return {**resource, "invoice_id": number, "custom_id": number}
    return resource
