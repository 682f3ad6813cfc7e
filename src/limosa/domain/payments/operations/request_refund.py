from datetime import datetime

from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.operations.count_refunded import count_refunded
from limosa.foundation.identifiers import random_code


def request_refund(*, payment: Payment, amount_minor: int, reason: str, now: datetime) -> Refund:
    """Promise money back the way it came, as a new `requested` refund; the worker requests it from
    the provider.

    The caller holds the payment's lock and posts the journal entry.
    Raises: IntegrityError if more would go back than was received; nothing changed.
    """
    count_refunded(payment=payment, part_minor=amount_minor)
    return Refund.objects.create(
        number=f"LR{random_code(22)}",
        payment=payment,
        amount_minor=amount_minor,
        reason=reason,
        requested_at=now,
        next_poll_at=now,
    )
