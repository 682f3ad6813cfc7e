from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.operations.apply_dispute_status import apply_dispute_status
from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.note_refund_by_hand import note_refund_by_hand
from limosa.domain.payments.operations.keep_in_inbox import keep_in_inbox
from limosa.domain.payments.status_reports import (
    DisputeStatusReport,
    NoReport,
    PaymentStatusReport,
    ProviderNotification,
    RefundStatusReport,
    StatusReport,
)


@transaction.atomic
def apply_notification(
    *, provider_code: str, notification: ProviderNotification, now: datetime
) -> str:
    """Apply a verified notification once, keep it in the inbox, and return the result.

    Inbox row, journal, fulfilment and messages commit together, before the provider is answered: if
    the process dies at any point, either everything was stored or nothing, and the provider sends
    it again.
    Raises: ProviderError(retryable=True): genuine, but can't be applied yet; nothing is stored, and
            the provider has to send it again.
    """
    result = _apply(provider_code, notification.report, now)
    keep_in_inbox(provider_code=provider_code, notification=notification, result=result, now=now)
    return result


def _apply(provider_code: str, report: StatusReport, now: datetime) -> str:
    match report:
        case PaymentStatusReport():
            return apply_payment_status(
                provider_code=provider_code, report=report, now=now, is_answer=False
            )
        case RefundStatusReport():
            result = apply_refund_status(report=report, now=now, is_answer=False)
            if result != "unknown_refund":
                return result
            return note_refund_by_hand(provider_code=provider_code, report=report, now=now)
        case DisputeStatusReport():
            return apply_dispute_status(provider_code=provider_code, report=report, now=now)
        case NoReport():
            return "no_news"
