from datetime import datetime

from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent, PaymentState
from limosa.domain.payments.models import Payment


def refuse_charge(*, payment: Payment, now: datetime) -> None:
    """Record that a saved method can't be charged without its owner: nothing was taken.

    Before: `created`, `pending` or `failed`; one that has ended otherwise is unchanged. Afterwards
    `failed`, with nothing to show, and polled at once.
    Locks: none; one UPDATE. Money that arrived meanwhile stands.
    """
    Payment.objects.filter(
        pk=payment.pk,
        applied_at__isnull=True,
        state__in=PAYMENT_LIFE.states_before(PaymentEvent.FAIL),
    ).update(state=PaymentState.FAILED, problem="", next_poll_at=now)
