from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import Decline


def end_payment(*, payment: Payment, event: PaymentEvent, decline: Decline | None) -> None:
    """Write down that no money will come: FAIL, the provider says so; EXPIRE, it was closed there.

    Before: `created`, `pending` or `failed`. Afterwards `failed` or `expired`; it is asked for a
    day longer, since people do pay after a close. `decline`: why, where the provider tells; else
    what it told before stays. The caller holds the payment.
    Raises: TransitionRefusedError; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, event)
    payment.decline = decline or payment.decline
    payment.save(update_fields=["state", "decline"])
