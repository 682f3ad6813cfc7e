from datetime import datetime

from limosa.domain.payments.models import Payment


def schedule_payment_poll(*, payment: Payment, at: datetime) -> None:
    """Have the worker poll a payment at a given moment instead of on schedule.

    One that has been applied is not polled any more. Locks: none; one UPDATE.
    """
    if Payment.objects.filter(pk=payment.pk, applied_at__isnull=True).update(next_poll_at=at):
        payment.next_poll_at = at
