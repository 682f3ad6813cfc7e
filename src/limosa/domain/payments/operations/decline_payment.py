from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import Decline


def decline_payment(*, payment: Payment, decline: Decline | None) -> None:
    """Write down that a try to pay was refused; the payment stays open for another one.

    Before and afterwards `created` or `pending`; it is not being processed any more. `decline`:
    why, where the provider tells; else what it told before stays. The caller holds the payment.
    Raises: TransitionRefusedError; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, PaymentEvent.DECLINE)
    payment.decline = decline or payment.decline
    payment.processing_since = None
    payment.save(update_fields=["decline", "processing_since"])
