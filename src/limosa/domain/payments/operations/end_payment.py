from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import Decline


def end_payment(*, payment: Payment, event: PaymentEvent, decline: Decline | None) -> None:
    """Record that no money will arrive: FAIL, the provider says so; EXPIRE, it was closed there.

    Before: `created`, `pending` or `failed`. Afterwards `failed` or `expired`. It is polled for one
    more day, since some people pay after a close. `decline`: the reason, if the provider gave one;
    otherwise the previous one is kept. The caller holds the payment.
    Raises: TransitionRefusedError; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, event)
    payment.decline = decline or payment.decline
    payment.save(update_fields=["state", "decline"])
