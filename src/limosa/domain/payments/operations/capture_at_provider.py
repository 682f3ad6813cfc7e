from datetime import datetime

from django.db.models import F

from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.facts import PaymentFact, ProviderState
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment
from limosa.domain.payments.port import Provider
from limosa.foundation.problem import ProviderError

_NOT_REFUSED = {ProviderState.SUCCEEDED, ProviderState.PROCESSING, ProviderState.UNKNOWN}


def capture_at_provider(
    *, payment: Payment, provider: Provider, call: str, now: datetime
) -> PaymentFact:
    """Take the money that the payer agreed to; return what the provider says of the payment.

    A capture that was answered and took nothing is counted: only once it is known as refused may
    the next one go by another key, since a provider repeats its answer to a key that it knows.
    `call`: what the trace calls it. No transaction may be open: the provider is called.
    Raises: ProviderError; one that is retryable says nothing of the money.
    """
    try:
        fact = recorded_call(
            payment,
            call,
            lambda: provider.capture(payment_handle(payment)),
            outcome=lambda fact: fact.state.value,
            now=now,
        )
    except ProviderError as error:
        if not error.retryable:
            _count_refused(payment)
        raise
    if fact.state not in _NOT_REFUSED:
        _count_refused(payment)
    return fact


def _count_refused(payment: Payment) -> None:
    """Count it once, however many have asked by the same key."""
    Payment.objects.filter(pk=payment.pk, captures_refused=payment.captures_refused).update(
        captures_refused=F("captures_refused") + 1
    )
