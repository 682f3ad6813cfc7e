from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent, PaymentState
from limosa.domain.payments.models import Payment


def abandon_payment(*, payment: Payment) -> bool:
    """Abandon a payment that was not charged and won't be; return False if it is paid.

    Before: `created`, `pending` or `failed`; afterwards `failed`. One that has otherwise ended
    without money is unchanged. The caller holds the payment's row; `payment` may be older.
    """
    unpaid = Payment.objects.filter(pk=payment.pk, applied_at__isnull=True)
    living = unpaid.filter(state__in=PAYMENT_LIFE.states_before(PaymentEvent.FAIL))
    return bool(living.update(state=PaymentState.FAILED)) or unpaid.exists()
