"""What a refund was when it was promised: a part of a payment, or the rest of it."""

from django.db.models import Q, Sum

from limosa.domain.payments.models import Dispute, Payment, Refund


def gives_rest(refund: Refund, payment: Payment) -> bool:
    """Whether this refund completed the refund of the whole payment, whatever came after.

    Everything promised before counts: earlier refunds, and disputes lost by then. A refund by hand
    counts from the moment it was booked. The caller holds the payment's lock; for a refund by hand,
    call it as soon as it is booked.
    """
    if refund.by_hand:
        return payment.refunded_minor == payment.received_minor
    before = Q(by_hand=False, pk__lte=refund.pk) | Q(
        by_hand=True, finished_at__lte=refund.requested_at
    )
    promised_minor = sum(one.promised_minor for one in payment.refunds.filter(before))
    lost = Dispute.objects.filter(payment=payment, closed_at__lte=refund.requested_at)
    lost_minor: int = lost.aggregate(sum=Sum("reversed_minor", default=0))["sum"]
    return promised_minor + lost_minor == payment.received_minor
