"""Record what a batch's buyer paid, or what we paid back."""

from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.redemption.engine.bookings import paid_by_buyer
from limosa.domain.redemption.models import REFERENCE_LENGTH_MAX, BuyerPayment, CodeBatch
from limosa.domain.redemption.refusals import BuyerPaymentError
from limosa.foundation.money import Money


@transaction.atomic
def record_buyer_payment(
    *, batch_id: int, amount_minor: int, reference: str, now: datetime
) -> BuyerPayment | None:
    """Book it; None: it is booked, by the same reference. Below zero: we paid the buyer back.

    Locks:  the batch.
    Raises: BuyerPaymentError; nothing changed.
    """
    batch = CodeBatch.objects.select_for_update().get(pk=batch_id)
    is_reference = 0 < len(reference) <= REFERENCE_LENGTH_MAX and reference.isprintable()
    if not batch.is_sold or not amount_minor or not is_reference:
        raise BuyerPaymentError
    known = batch.payments.filter(reference=reference).first()
    if known is not None:
        if known.amount_minor != amount_minor:
            raise BuyerPaymentError
        return None
    payment = BuyerPayment.objects.create(
        batch=batch, reference=reference, amount_minor=amount_minor, recorded_at=now
    )
    post_entry(
        key=f"codes-paid:{payment.pk}",
        kind="codes_paid",
        legs=paid_by_buyer(batch.number, Money(amount_minor, batch.currency)),
        now=now,
    )
    return payment
