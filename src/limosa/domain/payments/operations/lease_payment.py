from datetime import datetime

from limosa.domain.payments.models import Payment
from limosa.domain.payments.schedule import LEASE


def lease_payment(*, payment: Payment, now: datetime) -> bool:
    """Take a payment that is due to be asked for; return False if somebody else was first.

    Its time moves ahead by an UPDATE that names the old one. Whoever took it and dies leaves a time
    at which it is due again. Locks: none.
    """
    due = Payment.objects.filter(pk=payment.pk, next_poll_at=payment.next_poll_at)
    return bool(due.update(next_poll_at=now + LEASE))
