from datetime import datetime

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.models import Payment
from limosa.domain.payments.schedule import is_pending_long, next_poll_at


def schedule_next_poll(*, payment: Payment, now: datetime) -> None:
    """Set when a payment is polled next, by the schedule, after it was polled.

    One that its provider still calls open a day after its expiry is shown to the operators while
    that lasts, unless it has another problem. One that has been applied is unchanged. Reads the row
    anew. Locks: none.
    """
    payment.refresh_from_db()
    unapplied = Payment.objects.filter(pk=payment.pk, applied_at__isnull=True)
    unapplied.update(next_poll_at=next_poll_at(payment, now=now))
    if is_pending_long(payment, now=now):
        unapplied.filter(problem="").update(problem=Problem.PENDING_LONG)
    elif payment.problem == Problem.PENDING_LONG:
        unapplied.update(problem="")
