"""Notifications: verified over their raw bytes, then parsed. Makes no outside calls.

Source: developer.paypal.com, "Integrate webhooks".
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zlib import crc32

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from limosa.domain.payments.message_refusals import MessageRefusedError, understood_notification
from limosa.domain.payments.providers.paypal import wire
from limosa.domain.payments.providers.paypal.certificates import Certificates
from limosa.domain.payments.providers.paypal.fields import (
    Fields,
    read_object,
    read_part,
    read_text,
)
from limosa.domain.payments.providers.paypal.refusals import Refusal
from limosa.domain.payments.status_reports import (
    NoReport,
    PaymentStatusReport,
    ProviderNotification,
    StatusReport,
)

BODY_BYTES_MAX = 64 * 1024  # Ours: a real one is about four kilobytes.
ALGORITHM = "SHA256withRSA"
# PayPal resends for three days; whether a later attempt has its own timestamp is not documented.
FRESH = timedelta(days=3, hours=1)
FUTURE_MAX = timedelta(minutes=5)
_TRANSMISSION_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_EVENT_TYPE = re.compile(r"[A-Z0-9._-]{1,100}", re.ASCII)
# REVERSED: PayPal itself returned the money. If a dispute caused it, the dispute is reported too,
# and ordering goes by the dispute.
_GIVEN_BACK = frozenset({"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED"})
_CAPTURE_EVENTS = ("COMPLETED", "PENDING", "DENIED", "DECLINED")


class NotificationReader:
    """Reads the notifications for one webhook of one merchant."""

    def __init__(self, *, certificates: Certificates, webhook_id: str, merchant: str) -> None:
        self._certificates = certificates
        self._webhook_id = webhook_id
        self._merchant = merchant

    @understood_notification()
    def read(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Return a notification's content. Amount, currency and merchant are as stated in it.

        Raises NotificationRefusedError with a Refusal as its reason, and never anything else.
        """
        self._check(headers, body, now)
        return self._read(body)

    def _check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Return if PayPal signed this body for our webhook. The cheap checks come first."""
        if len(body) > BODY_BYTES_MAX:
            raise MessageRefusedError(Refusal.BODY_TOO_LARGE)
        transmission_id = _header(headers, "paypal-transmission-id")
        sent_at = _header(headers, "paypal-transmission-time")
        signature = _header(headers, "paypal-transmission-sig")
        certificate_url = _header(headers, "paypal-cert-url")
        if _header(headers, "paypal-auth-algo") != ALGORITHM:
            raise MessageRefusedError(Refusal.SIGNATURE_TYPE_UNKNOWN)
        if not _TRANSMISSION_ID.fullmatch(transmission_id):
            raise MessageRefusedError(Refusal.SIGNATURE_WRONG, "transmission id")
        _check_fresh(sent_at, now=now)
        key = self._certificates.key_of(certificate_url, now=now)
        message = f"{transmission_id}|{sent_at}|{self._webhook_id}|{crc32(body)}".encode()
        try:
            key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise MessageRefusedError(Refusal.SIGNATURE_WRONG) from None

    def _read(self, body: bytes) -> ProviderNotification:
        try:
            event = read_object(body)
            message_id = read_text(event, "id")
            event_type = read_text(event, "event_type", _EVENT_TYPE)
            resource = read_part(event, "resource")
        except MessageRefusedError as refused:
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED) from refused
        reader = self._reader_of(event_type)
        return ProviderNotification(message_id=message_id, report=reader(resource))

    def _reader_of(self, event_type: str) -> Callable[[Fields], StatusReport]:
        """Return the reader for an event's resource; the merchant may subscribe to all events."""
        if event_type == "CHECKOUT.ORDER.APPROVED":
            return self._read_approved
        if event_type in {f"PAYMENT.CAPTURE.{word}" for word in _CAPTURE_EVENTS}:
            return self._read_capture
        if event_type in _GIVEN_BACK or event_type.startswith("PAYMENT.REFUND."):
            return _read_refund
        if event_type.startswith("CUSTOMER.DISPUTE."):
            return wire.read_dispute
        return lambda _resource: NoReport()

    def _read_approved(self, order: Fields) -> PaymentStatusReport:
        return wire.read_order(order, method="")

    def _read_capture(self, capture: Fields) -> PaymentStatusReport:
        return wire.read_capture(capture, merchant=self._merchant)


def _read_refund(refund: Fields) -> StatusReport:
    """Return a refund's report; NoReport if it names no payment at all."""
    report = wire.read_refund(refund)
    return report if report.payment_number or report.transaction_id else NoReport()


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise MessageRefusedError(Refusal.HEADER_MISSING, name)
    return value


def _check_fresh(text: str, *, now: datetime) -> None:
    try:
        age = now - datetime.fromisoformat(text)
    except (ValueError, TypeError, OverflowError):  # TypeError: it has no time zone.
        raise MessageRefusedError(Refusal.TIMESTAMP_MALFORMED) from None
    if age > FRESH:
        raise MessageRefusedError(Refusal.TIMESTAMP_TOO_OLD)
    if age < -FUTURE_MAX:
        raise MessageRefusedError(Refusal.TIMESTAMP_IN_FUTURE)
