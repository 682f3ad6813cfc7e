from datetime import datetime

from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.ordering.refusals import PayerNeededError
from limosa.domain.payments.calling import Caller, call_directly, provider_called_by
from limosa.domain.payments.calls import CHARGE
from limosa.domain.payments.models import Payment
from limosa.domain.payments.operations.capture_at_provider import capture_at_provider
from limosa.domain.payments.operations.refuse_charge import refuse_charge
from limosa.domain.payments.status_reports import ProviderState


def charge_saved_method(
    *, payment: Payment, now: datetime, caller: Caller = call_directly
) -> Payment:
    """Charge a saved method for a payment that its provider has already registered.

    No transaction may be open: the provider is called. Charging twice takes the money once. If the
    provider takes long, the payment stays open and is polled on schedule.
    Raises: PayerNeededError: nothing was charged, and the payment has failed; ProviderError: the
            outcome is polled on schedule.
    """
    provider = provider_called_by(caller, payment.provider)
    report = capture_at_provider(payment=payment, provider=provider, call=CHARGE, now=now)
    if report.state is ProviderState.PAYER_NEEDED:
        refuse_charge(payment=payment, now=now)
        raise PayerNeededError
    apply_payment_status(provider_code=payment.provider, report=report, now=now)
    payment.refresh_from_db()
    return payment
