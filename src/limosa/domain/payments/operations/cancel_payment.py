from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment


def cancel_payment(*, payment: Payment) -> None:
    """Cancel a payment that was to come from the wallet; no provider knows about it.

    Before: `created`; afterwards `cancelled`. The caller holds the payment.
    Raises: TransitionRefusedError; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, PaymentEvent.CANCEL)
    payment.save(update_fields=["state"])
