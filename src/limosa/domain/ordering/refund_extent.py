"""What a refund was when it was promised: a part of a payment, or the rest of it."""

from django.db.models import Q, Sum

from limosa.domain.payments.models import Dispute, Payment, Refund


def gives_rest(refund: Refund, payment: Payment) -> bool:
    """Whether all of the payment was promised back once this refund was, whatever came after.

    What was promised before counts with it: earlier refunds, and disputes lost by then. One that
    was made by hand counts from the moment when it was booked.
    The caller holds the payment's lock; of a refund by hand it is told as soon as it is booked.
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
