from datetime import datetime

from django.db.models import F

from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment
from limosa.domain.payments.port import Provider
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError

_NOT_REFUSED = {ProviderState.SUCCEEDED, ProviderState.PROCESSING, ProviderState.UNKNOWN}


def capture_at_provider(
    *, payment: Payment, provider: Provider, call: str, now: datetime
) -> PaymentStatusReport:
    """Capture the money that the payer approved; return the provider's report on the payment.

    A capture that was answered without taking money is counted. Only once it is known to be refused
    may the next one use a new key, since a provider repeats its answer to a key that it knows.
    `call`: the call's name in the trace. No transaction may be open: the provider is called.
    Raises: ProviderError; a retryable one says nothing about the money.
    """
    try:
        report = recorded_call(
            payment,
            call,
            lambda: provider.capture(payment_handle(payment)),
            outcome=lambda report: report.state.value,
            now=now,
        )
    except ProviderError as error:
        if not error.retryable:
            _count_refused(payment)
        raise
    if report.state not in _NOT_REFUSED:
        _count_refused(payment)
    return report


def _count_refused(payment: Payment) -> None:
    """Count it once, however many workers have called with the same key."""
    Payment.objects.filter(pk=payment.pk, captures_refused=payment.captures_refused).update(
        captures_refused=F("captures_refused") + 1
    )
