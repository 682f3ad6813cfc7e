import time
from datetime import datetime

from django.conf import settings
from django.db import transaction

from limosa.domain.payments.calling import Caller, call_directly
from limosa.domain.payments.calls import record_call
from limosa.domain.payments.handles import customer_reference
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.notify_url import notify_url
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Payer, PaymentRequest, Started
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money


def create_at_provider(
    *,
    payment: Payment,
    payer: Payer,
    description: str,
    return_path: str,
    now: datetime,
    caller: Caller = call_directly,
) -> Payment:
    """Create the payment at its provider and return it with the URL to show.

    No transaction is open during the call. The payment's number makes a second call safe. An answer
    that arrives late is stored all the same, for the page that shows the payment then.
    Raises: ProviderError. Retryable: the payment stays `created`, and the same call may be made
            again. Otherwise it has failed, and submitting again creates another one.
    """
    provider = provider_for(payment.provider)
    request = PaymentRequest(
        number=payment.number,
        amount=Money(payment.amount_minor, payment.currency),
        description=description,
        method=payment.method,
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        notify_url=notify_url(payment.provider),
        return_url=settings.BASE_URL + return_path,
        payer_ip=payer.ip,
        payer_reference=payer.reference,
        customer_reference=customer_reference(payment.subscriber_id),
        language=payer.language,
        save_method=payment.save_wanted,
        saved_reference=payment.saved_method.reference if payment.saved_method else "",
    )
    started = time.perf_counter()
    try:
        known = caller(
            payment.provider,
            lambda: provider.create(request),
            late=lambda known: _keep(
                payment, PaymentState.PENDING, known, "created late", started=started, now=now
            ),
        )
    except ProviderError as error:
        state = PaymentState.CREATED if error.retryable else PaymentState.FAILED
        _keep(payment, state, Started(""), f"error: {error}", started=started, now=now)
        raise
    _keep(payment, PaymentState.PENDING, known, "created", started=started, now=now)
    return payment


@transaction.atomic
def _keep(
    payment: Payment,
    state: PaymentState,
    known: Started,
    outcome: str,
    *,
    started: float,
    now: datetime,
) -> None:
    """Store the state and the trace line of the call together.

    A notification may have been faster than this: never leave a final state.
    """
    record_call(payment, "create", outcome, started=started, now=now)
    payment.state = state
    payment.pay_url, payment.reference = known.pay_url, known.reference
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED).update(
        state=state, pay_url=known.pay_url
    )
    # The reference is needed for polling, whatever the payment's state is by now.
    if known.reference:
        Payment.objects.filter(pk=payment.pk).update(reference=known.reference)
