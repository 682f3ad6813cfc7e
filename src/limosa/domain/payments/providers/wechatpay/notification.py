"""Notifications: verified over their raw bytes, decrypted, parsed. Makes no outside calls.

Source: pay.weixin.qq.com, "Payment success notification" and "Refund result notification".
"""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from limosa.domain.payments.message_refusals import MessageRefusedError, understood_notification
from limosa.domain.payments.providers.wechatpay import wire
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import Checks
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderNotification,
    RefundStatusReport,
)

BODY_BYTES_MAX = 64 * 1024  # Ours: a real one is about one kilobyte.
MESSAGE_ID_LENGTH_MAX = 64  # Documented: 36.
ALGORITHM = "AEAD_AES_256_GCM"
NONCE_BYTES = 12
PAYMENT_EVENT = "TRANSACTION.SUCCESS"
REFUND_EVENTS = ("REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED")


class NotificationReader:
    """Reads the notifications for one merchant. The keys are parsed once, at creation."""

    def __init__(self, *, platform_keys: Checks, api_v3_key: bytes, mchid: str, appid: str) -> None:
        self._platform_keys = platform_keys
        self._cipher = AESGCM(api_v3_key)
        self._mchid = mchid
        self._appid = appid

    @understood_notification()
    def read(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Return a notification's content. Amount, currency and merchant are as stated in it.

        Raises NotificationRefusedError with a Refusal as its reason, and never anything else.
        """
        if len(body) > BODY_BYTES_MAX:
            raise MessageRefusedError(Refusal.BODY_TOO_LARGE)
        self._platform_keys.check(headers, body, now_seconds=now.timestamp())
        try:
            envelope = wire.read_object(body)
        except MessageRefusedError as refused:
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED) from refused
        message_id = envelope.get("id")
        if not isinstance(message_id, str) or not _is_plain(message_id):
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "id")
        event = envelope.get("event_type")
        if event != PAYMENT_EVENT and event not in REFUND_EVENTS:
            raise MessageRefusedError(Refusal.EVENT_UNKNOWN)
        fields = wire.read_object(self._open(envelope.get("resource")))
        report = self._read_payment(fields) if event == PAYMENT_EVENT else self._read_refund(fields)
        return ProviderNotification(message_id=message_id, report=report)

    def _read_payment(self, fields: wire.Fields) -> PaymentStatusReport:
        return wire.read_payment(fields, mchid=self._mchid, appid=self._appid)

    def _read_refund(self, fields: wire.Fields) -> RefundStatusReport:
        # A refund's report has no field for the merchant, so another merchant's is refused here.
        if wire.read_merchant(fields) != self._mchid:
            raise MessageRefusedError(Refusal.MERCHANT_WRONG)
        return wire.read_refund(fields, status_name="refund_status")

    def _open(self, resource: object) -> bytes:
        """Decrypt the resource. Its associated data may be absent, which means empty."""
        if not isinstance(resource, dict) or resource.get("algorithm") != ALGORITHM:
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "resource")
        words = (
            resource.get("ciphertext"),
            resource.get("nonce"),
            resource.get("associated_data") or "",
        )
        if not all(isinstance(word, str) and word.isascii() for word in words):
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "resource")
        ciphertext, nonce, associated_data = (str(word).encode() for word in words)
        if len(nonce) != NONCE_BYTES:
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "nonce")
        try:
            return self._cipher.decrypt(
                nonce, b64decode(ciphertext, validate=True), associated_data
            )
        except (InvalidTag, ValueError):
            raise MessageRefusedError(Refusal.DECRYPTION_FAILED) from None


def _is_plain(message_id: str) -> bool:
    return (
        0 < len(message_id) <= MESSAGE_ID_LENGTH_MAX
        and message_id.isascii()
        and message_id.isprintable()
    )
