"""Record what a batch's buyer paid, or what we paid back, on record."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import BuyerPayment
from limosa.domain.redemption.operations.record_buyer_payment import record_buyer_payment
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.RECORD_CODES_PAID)
@transaction.atomic
def record_codes_paid(
    *, batch_id: int, amount_minor: int, reference: str, actor: Subscriber | None, now: datetime
) -> BuyerPayment | None:
    """Book it as record_buyer_payment does; None: it was booked before, and nothing is recorded.

    Raises: RoleTooLowError, and as record_buyer_payment; nothing changed. Locks: the batch.
    """
    payment = record_buyer_payment(
        batch_id=batch_id, amount_minor=amount_minor, reference=reference, now=now
    )
    if payment is not None:
        record_audit_entry(
            actor=actor,
            action=AuditAction.RECORD_CODES_PAID,
            subject=payment.batch.number,
            detail=f"{reference}: {payment.amount.to_decimal()} {payment.batch.currency}",
            now=now,
        )
    return payment
