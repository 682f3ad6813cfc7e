from datetime import datetime, timedelta

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.engine.refund_life import UNDER_WAY
from limosa.domain.payments.models import Refund
from limosa.domain.payments.operations.flag_payment import flag_payment

_AGAIN_AFTER = timedelta(hours=1)


def refuse_refund(*, refund: Refund, now: datetime) -> None:
    """Show staff a refund that the provider understood and refused.

    It stays owed, in its state, and is requested again each hour, since the cause may have been
    fixed there. One completed meanwhile by a notification stays completed. Locks: none.
    """
    waiting = Refund.objects.filter(pk=refund.pk, next_poll_at__isnull=False)
    waiting.update(next_poll_at=now + _AGAIN_AFTER)
    if waiting.filter(state__in=UNDER_WAY).exists():
        flag_payment(payment=refund.payment, problem=Problem.REFUND_REFUSED)
