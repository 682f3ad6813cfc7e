from datetime import datetime

from limosa.domain.payments.models import Payment


def schedule_payment_poll(*, payment: Payment, at: datetime) -> None:
    """Have the worker poll the provider for a payment at a moment, instead of by the schedule.

    One that is applied is asked for no more: it stays so. Locks: none; one UPDATE.
    """
    if Payment.objects.filter(pk=payment.pk, applied_at__isnull=True).update(next_poll_at=at):
        payment.next_poll_at = at
