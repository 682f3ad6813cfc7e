from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import Decline


def decline_payment(*, payment: Payment, decline: Decline | None) -> None:
    """Record that an attempt to pay was refused; the payment stays open for another one.

    Before and afterwards `created` or `pending`; it is no longer processing. `decline`: the reason,
    if the provider gave one; otherwise the previous one is kept. The caller holds the payment.
    Raises: TransitionRefusedError; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, PaymentEvent.DECLINE)
    payment.decline = decline or payment.decline
    payment.processing_since = None
    payment.save(update_fields=["decline", "processing_since"])
