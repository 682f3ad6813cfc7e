"""Events: verified over their raw bytes, then parsed. Makes no outside calls.

Source: docs.stripe.com/webhooks, "Verify webhook signatures manually"; docs.stripe.com/api/events.
The SDK's own check is not used: it accepts signatures from the future, takes only one secret, and
puts the body into its errors.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from limosa.domain.payments.message_refusals import MessageRefusedError, understood_notification
from limosa.domain.payments.providers.stripe import wire
from limosa.domain.payments.providers.stripe.refusals import Refusal
from limosa.domain.payments.requests import SAVED
from limosa.domain.payments.status_reports import (
    NoReport,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    StatusReport,
)

BODY_BYTES_MAX = 64 * 1024  # Ours: an event about a session is about four kilobytes.
HEADER_LENGTH_MAX = 2048
SIGNATURES_MAX = 8
FRESH_SECONDS = 300
HEADER = "stripe-signature"
SCHEME = "v1"
_TIMESTAMP = re.compile(r"[0-9]{1,11}", re.ASCII)
_EVENT_ID = re.compile(r"evt_[0-9A-Za-z_]{3,76}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9_.]{1,100}", re.ASCII)
_ACCOUNT = re.compile(r"acct_[0-9A-Za-z]{1,59}", re.ASCII)


class NotificationReader:
    """Reads the events of one account."""

    def __init__(self, *, secrets: Sequence[str], account_id: str, is_live: bool) -> None:
        self._secrets = [secret.encode() for secret in secrets]
        self._account_id = account_id
        self._is_live = is_live

    @understood_notification()
    def read(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Return an event's content. Amount, currency and merchant are as stated in it.

        Raises NotificationRefusedError with a Refusal as its reason, and never anything else.
        """
        if len(body) > BODY_BYTES_MAX:
            raise MessageRefusedError(Refusal.BODY_TOO_LARGE)
        self._check_signature(headers.get(HEADER, ""), body, now_seconds=now.timestamp())
        event = wire.read_object(body)
        try:
            message_id = wire.text(event, "id", _EVENT_ID)
            kind = wire.text(event, "type", _TYPE)
            at = wire.moment(event, "created")
            subject = wire.member(wire.member(event, "data"), "object")
            # Absent for events on the account itself, as opposed to a connected account.
            account = wire.text(event, "account", _ACCOUNT, default=self._account_id)
        except MessageRefusedError as refused:
            raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED) from refused
        wire.check_mode(event, is_live=self._is_live)
        report = self._report(kind, subject, account=account, at=at)
        return ProviderNotification(message_id=message_id, report=report)

    def _check_signature(self, header: str, body: bytes, *, now_seconds: float) -> None:
        """Return if one of the secrets signed this body within FRESH_SECONDS of now, either side.

        While a secret is being replaced, an event bears signatures by the old and the new one.
        """
        timestamp, signatures = _take_apart(header)
        _check_fresh(timestamp, now_seconds=now_seconds)
        message = timestamp.encode() + b"." + body
        expected = [hmac.new(secret, message, sha256).hexdigest() for secret in self._secrets]
        # As bytes, because compare_digest accepts only ASCII text.
        if not any(
            hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))
            for ours in expected
            for theirs in signatures
        ):
            raise MessageRefusedError(Refusal.SIGNATURE_WRONG)

    def _report(
        self, kind: str, subject: wire.Fields, *, account: str, at: datetime
    ) -> StatusReport:
        read_payment = _PAYMENT_EVENTS.get(kind)
        if read_payment is not None:
            return read_payment(subject, account, at)
        if kind in _OTHER_EVENTS:
            # These reports have no field for the account, so another account's is refused here.
            if account != self._account_id:
                raise MessageRefusedError(Refusal.MERCHANT_WRONG)
            return _OTHER_EVENTS[kind](subject)
        return NoReport()


def _take_apart(header: str) -> tuple[str, list[str]]:
    """Return the timestamp and the signatures of the known scheme; others are ignored.

    Raises MessageRefusedError.
    """
    if not header:
        raise MessageRefusedError(Refusal.HEADER_MISSING, HEADER)
    pairs = [item.partition("=")[::2] for item in header[:HEADER_LENGTH_MAX].split(",")]
    timestamps = [word for name, word in pairs if name == "t"]
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        raise MessageRefusedError(Refusal.TIMESTAMP_MALFORMED)
    signatures = [word for name, word in pairs if name == SCHEME]
    if not signatures:
        raise MessageRefusedError(Refusal.SIGNATURE_TYPE_UNKNOWN)
    return timestamps[0], signatures[:SIGNATURES_MAX]


def _check_fresh(timestamp: str, *, now_seconds: float) -> None:
    age_seconds = now_seconds - int(timestamp)
    if age_seconds > FRESH_SECONDS:
        raise MessageRefusedError(Refusal.TIMESTAMP_TOO_OLD)
    if age_seconds < -FRESH_SECONDS:
        raise MessageRefusedError(Refusal.TIMESTAMP_IN_FUTURE)


def _session(session: wire.Fields, account: str, at: datetime) -> StatusReport:
    """Read a payment from a session. One without a number belongs to another shop on the
    account."""
    if session.get("client_reference_id") is None:
        return NoReport()
    return wire.read_session(session, merchant=account, at=at)


def _failed_session(session: wire.Fields, account: str, at: datetime) -> StatusReport:
    report = _session(session, account, at)
    return (
        replace(report, state=ProviderState.FAILED)
        if isinstance(report, PaymentStatusReport)
        else report
    )


def _intent(intent: wire.Fields, account: str, at: datetime) -> StatusReport:
    """Read a payment by a saved card. Intents inside sessions are reported by their session.

    A card declined on Stripe's page is one of those: the payer may try another.
    """
    if wire.member(intent, "metadata").get("method") != SAVED:
        return NoReport()
    return wire.read_intent(intent, merchant=account, at=at)


_PAYMENT_EVENTS: Mapping[str, Callable[[wire.Fields, str, datetime], StatusReport]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _failed_session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _intent,
    "payment_intent.payment_failed": _intent,
}
_OTHER_EVENTS: Mapping[str, Callable[[wire.Fields], StatusReport]] = {
    "refund.created": wire.read_refund,
    "refund.updated": wire.read_refund,
    "refund.failed": wire.read_refund,
    "charge.refund.updated": wire.read_refund,
    "charge.dispute.created": wire.read_dispute,
    "charge.dispute.updated": wire.read_dispute,
    "charge.dispute.closed": wire.read_dispute,
}
