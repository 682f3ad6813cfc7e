from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.operations.apply_dispute_fact import apply_dispute_fact
from limosa.domain.ordering.operations.apply_payment_fact import apply_payment_fact
from limosa.domain.ordering.operations.apply_refund_fact import apply_refund_fact
from limosa.domain.ordering.operations.note_refund_by_hand import note_refund_by_hand
from limosa.domain.payments.facts import (
    DisputeFact,
    Fact,
    NoFact,
    PaymentFact,
    ProviderNotification,
    RefundFact,
)
from limosa.domain.payments.operations.keep_in_inbox import keep_in_inbox


@transaction.atomic
def apply_notification(
    *, provider_code: str, notification: ProviderNotification, now: datetime
) -> str:
    """Apply a verified notification once, keep it in the inbox, and return what became of it.

    Inbox row, journal, fulfilment and messages commit together, before the provider is answered:
    a process that dies at any point leaves either everything or nothing, and the provider sends
    again.
    Raises: ProviderError(retryable=True): genuine, and can't be applied yet; nothing is stored,
            and it has to be told again.
    """
    result = _apply(provider_code, notification.fact, now)
    keep_in_inbox(provider_code=provider_code, notification=notification, result=result, now=now)
    return result


def _apply(provider_code: str, fact: Fact, now: datetime) -> str:
    match fact:
        case PaymentFact():
            return apply_payment_fact(
                provider_code=provider_code, fact=fact, now=now, is_answer=False
            )
        case RefundFact():
            result = apply_refund_fact(fact=fact, now=now, is_answer=False)
            if result != "unknown_refund":
                return result
            return note_refund_by_hand(provider_code=provider_code, fact=fact, now=now)
        case DisputeFact():
            return apply_dispute_fact(provider_code=provider_code, fact=fact, now=now)
        case NoFact():
            return "no_news"
