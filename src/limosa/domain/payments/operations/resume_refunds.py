from datetime import datetime

from limosa.domain.payments.engine.refund_life import UNDER_WAY
from limosa.domain.payments.models import Payment, Refund


def resume_refunds(*, payment: Payment, now: datetime) -> None:
    """Resume the refunds that waited while their payment was disputed.

    `requested` and `sent` ones are due at once. The caller holds the payment. One UPDATE.
    """
    Refund.objects.filter(payment=payment, state__in=UNDER_WAY).update(next_poll_at=now)
