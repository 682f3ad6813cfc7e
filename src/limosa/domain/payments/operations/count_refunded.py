from django.db.models import F

from limosa.domain.payments.models import Payment


def count_refunded(*, payment: Payment, part_minor: int) -> None:
    """Count a part of a payment as given back, promised or lost: it can't be given another time.

    The caller holds the payment and posts the journal entry.
    Raises: IntegrityError when more would go back than came in; nothing changed.
    """
    payment.refunded_minor += part_minor
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=F("refunded_minor") + part_minor)
