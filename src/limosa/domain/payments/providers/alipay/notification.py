"""Notifications: a form, verified over its decoded pairs, then parsed. Makes no outside calls.

Source: opendocs.alipay.com, "Asynchronous notification" (异步通知说明).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from limosa.domain.payments.message_refusals import MessageRefusedError, understood_notification
from limosa.domain.payments.providers.alipay import wire
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.providers.alipay.signature import (
    SIGN_TYPE,
    PlatformKey,
    text_to_sign,
)
from limosa.domain.payments.status_reports import (
    NoReport,
    PaymentStatusReport,
    ProviderNotification,
    RefundStatusReport,
)

BODY_BYTES_MAX = 64 * 1024  # Ours: a real one is about two kilobytes.
PAIRS_MAX = 200  # Ours: a real one has about thirty.
TRADE_NOTICE = "trade_status_sync"
CHARSET = "utf-8"  # As requested in each of our calls.
# `notify_time` is documented as the time of sending; whether a retry has its own is not documented.
# The last retry comes 24 h 24 min after the first attempt, which bounds the age.
FRESH = timedelta(hours=25, minutes=5)
AHEAD_MAX = timedelta(minutes=5)
_NOT_SIGNED = frozenset({"sign", "sign_type"})
# Documented: up to 128; real ones are 34 long. The column that stores it has this width.
_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)


class NotificationReader:
    """Reads the notifications for one merchant."""

    def __init__(self, *, platform_key: PlatformKey, seller_id: str, app_id: str) -> None:
        self._platform_key = platform_key
        self._seller_id = seller_id
        self._app_id = app_id

    @understood_notification()
    def read(self, *, body: bytes, now: datetime) -> ProviderNotification:
        """Return a notification's content. Amount, currency and merchant are as stated in it.

        Raises NotificationRefusedError with a Refusal as its reason, and never anything else.
        """
        fields = _form(body)
        self._check_signature(fields)
        _check_fresh(fields, now)
        message_id = wire.read_text(fields, "notify_id", _MESSAGE_ID)
        if fields.get("notify_type") != TRADE_NOTICE:
            return ProviderNotification(message_id=message_id, report=NoReport())
        return ProviderNotification(message_id=message_id, report=self._read_trade(fields))

    def _check_signature(self, fields: wire.Fields) -> None:
        """Verify the signature over all decoded pairs except `sign` and `sign_type`; empty ones are
        left out.

        Source: "How to verify" (自行实现验签). A request's own signature includes `sign_type`.
        """
        signature = fields.get("sign")
        if not signature:
            raise MessageRefusedError(Refusal.SIGNATURE_MISSING)
        if fields.get("sign_type") != SIGN_TYPE:
            raise MessageRefusedError(Refusal.SIGNATURE_TYPE_UNKNOWN)
        signed = {name: value for name, value in fields.items() if name not in _NOT_SIGNED}
        self._platform_key.check(text_to_sign(signed), signature)

    def _read_trade(self, fields: wire.Fields) -> PaymentStatusReport | RefundStatusReport:
        """Return the refund that a notification was sent for, or else the payment.

        A refund's report has no field for the merchant, so for another merchant's trade the payment
        is reported.
        """
        merchant = wire.read_merchant(fields, seller_id=self._seller_id, app_id=self._app_id)
        payment = wire.read_payment(fields, paid_at_name="gmt_payment", merchant=merchant)
        refund = wire.read_refund_notice(fields) if merchant == self._seller_id else None
        return refund or payment


def _form(body: bytes) -> Mapping[str, str]:
    """Return the pairs of a UTF-8 form. Raises MessageRefusedError, also for a repeated name."""
    if len(body) > BODY_BYTES_MAX:
        raise MessageRefusedError(Refusal.BODY_TOO_LARGE)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=PAIRS_MAX
        )
    except ValueError:  # Not ASCII, not UTF-8 when decoded, or too many pairs.
        raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED) from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or fields.get("charset", CHARSET).lower() != CHARSET:
        raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED)
    return fields


def _check_fresh(fields: wire.Fields, now: datetime) -> None:
    try:
        sent_at = wire.read_time(fields, "notify_time")
    except MessageRefusedError:
        raise MessageRefusedError(Refusal.TIMESTAMP_MALFORMED) from None
    if now - sent_at > FRESH:
        raise MessageRefusedError(Refusal.TIMESTAMP_TOO_OLD)
    if sent_at - now > AHEAD_MAX:
        raise MessageRefusedError(Refusal.TIMESTAMP_IN_FUTURE)
