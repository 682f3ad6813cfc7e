from datetime import datetime

from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment


def mark_processing(*, payment: Payment, now: datetime) -> bool:
    """Record since when a payment is made but undecided; return whether that is new.

    Before: `created` or `pending`. Afterwards `pending`, with `processing_since`; repeated, or for
    a payment that has ended, it changes nothing. The caller holds the payment.
    """
    if payment.is_processing or not PAYMENT_LIFE.allows(payment.state, PaymentEvent.PROCESS):
        return False
    payment.state = PAYMENT_LIFE.after(payment.state, PaymentEvent.PROCESS)
    payment.processing_since = now
    payment.save(update_fields=["state", "processing_since"])
    return True
