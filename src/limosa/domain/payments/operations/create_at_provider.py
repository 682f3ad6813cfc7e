from datetime import datetime

from django.conf import settings
from django.urls import reverse

from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.port import PaymentRequest
from limosa.domain.payments.registry import provider_for
from limosa.foundation.money import Money
from limosa.foundation.problem import ProviderError


def create_at_provider(
    *, payment: Payment, description: str, return_path: str, payer_ip: str, now: datetime
) -> Payment:
    """Make the payment known to its provider and return it with the URL to show.

    No transaction is open during the call. The payment's number makes a second call safe.
    Raises: ProviderError. Retryable: the payment stays `created`, and the same call may be made
            again. Else it has failed, and the next press makes another one.
    """
    provider = provider_for(payment.provider)
    request = PaymentRequest(
        number=payment.number,
        amount=Money(payment.amount_minor, payment.currency),
        description=description,
        method=payment.method,
        expires_at=payment.expires_at,
        notify_url=settings.BASE_URL + reverse("payment_notify", args=[payment.provider]),
        return_url=settings.BASE_URL + return_path,
        payer_ip=payer_ip,
    )
    try:
        payment.pay_url = recorded_call(
            payment,
            "create",
            lambda: provider.create(request),
            outcome=lambda _: "created",
            now=now,
        )
    except ProviderError as error:
        if not error.retryable:
            Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED).update(
                state=PaymentState.FAILED
            )
        raise
    # A notification may have been faster than our own line: never step back from a final state.
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED).update(
        state=PaymentState.PENDING, pay_url=payment.pay_url
    )
    payment.state = PaymentState.PENDING
    return payment
