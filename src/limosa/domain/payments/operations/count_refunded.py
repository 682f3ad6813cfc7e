from django.db.models import F

from limosa.domain.payments.models import Payment


def count_refunded(*, payment: Payment, part_minor: int) -> None:
    """Count a part of a payment as refunded, promised or lost, so that it can't be refunded again.

    The caller holds the payment and posts the journal entry.
    Raises: IntegrityError if more would go back than was received; nothing changed.
    """
    payment.refunded_minor += part_minor
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=F("refunded_minor") + part_minor)
