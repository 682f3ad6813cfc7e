from datetime import datetime

from limosa.domain.payments.models import Payment
from limosa.domain.payments.schedule import LEASE


def lease_payment(*, payment: Payment, now: datetime) -> bool:
    """Take a payment that is due for polling; return False if another worker was first.

    Its time is moved ahead by an UPDATE conditional on the old value. If the worker dies, the
    payment comes due again at that time. Locks: none.
    """
    due = Payment.objects.filter(pk=payment.pk, next_poll_at=payment.next_poll_at)
    return bool(due.update(next_poll_at=now + LEASE))
