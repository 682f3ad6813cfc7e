from datetime import datetime

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.payments.calling import Caller, call_directly, provider_called_by
from limosa.domain.payments.calls import CAPTURE, recorded_call
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.operations.capture_at_provider import capture_at_provider
from limosa.domain.payments.operations.schedule_next_poll import schedule_next_poll
from limosa.domain.payments.operations.schedule_payment_poll import schedule_payment_poll
from limosa.domain.payments.port import Provider
from limosa.domain.payments.queries import processing_payment
from limosa.domain.payments.schedule import CLOSE_GRACE, LEASE
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError

_UNPAID = {
    ProviderState.PENDING,
    ProviderState.UNKNOWN,
    ProviderState.APPROVED,
    ProviderState.PAYER_NEEDED,
}


def poll_payment(*, payment_number: str, now: datetime, caller: Caller = call_directly) -> str:
    """Ask the provider for a payment and apply the answer; return what became of it.

    One that can't be used any more (its time is over, or its order is paid otherwise, or another
    payment of it is being processed) is closed
    at the provider, and asked for again: a person may have paid in between. One that the payer
    has agreed to is captured, while its order is still to be paid. No transaction is open during
    a call. A provider that doesn't answer is asked again by the schedule. So is one that still
    says "pending" a day after the payment's end: that is shown to the operators.
    """
    payment = Payment.objects.select_related("saved_method").get(number=payment_number)
    if payment.applied_at is not None:
        return "already_applied"
    schedule_payment_poll(payment=payment, at=now + LEASE)
    try:
        provider = provider_called_by(caller, payment.provider)
        report = _ask(payment, provider, now)
        if report.state in _UNPAID and _should_close(payment, now):
            _close(payment, provider, now)
            report = _closed_unless_paid(_ask(payment, provider, now))
        elif report.state is ProviderState.APPROVED:
            report = _capture(payment, provider, now)
    except ProviderError:
        return "no_answer"
    result = apply_payment_status(provider_code=payment.provider, report=report, now=now)
    schedule_next_poll(payment=payment, now=now)
    return result


def _ask(payment: Payment, provider: Provider, now: datetime) -> PaymentStatusReport:
    return recorded_call(
        payment,
        "query",
        lambda: provider.query(payment_handle(payment)),
        outcome=lambda report: report.state.value,
        now=now,
    )


def _capture(payment: Payment, provider: Provider, now: datetime) -> PaymentStatusReport:
    """Take what the payer agreed to; the order is still to be paid, as _should_close saw."""
    return capture_at_provider(payment=payment, provider=provider, call=CAPTURE, now=now)


def _close(payment: Payment, provider: Provider, now: datetime) -> None:
    """Close a payment; a provider that refuses has seen it paid or closed: the query tells."""
    try:
        recorded_call(
            payment,
            "close",
            lambda: provider.close(payment_handle(payment)),
            outcome=lambda _: "closed",
            now=now,
        )
    except ProviderError as error:
        if error.retryable:
            raise


def _should_close(payment: Payment, now: datetime) -> bool:
    if payment.state in {PaymentState.EXPIRED, PaymentState.CANCELLED}:
        return False
    is_over = now >= payment.expires_at + CLOSE_GRACE
    return (
        is_over
        or processing_payment(payment.order_number, besides=payment.pk) is not None
        or not Order.objects.filter(number=payment.order_number, state=OrderState.PLACED).exists()
    )


def _closed_unless_paid(report: PaymentStatusReport) -> PaymentStatusReport:
    """One that the provider never heard of can't be paid either, nor one that we don't capture."""
    if report.state in {ProviderState.UNKNOWN, ProviderState.APPROVED}:
        return PaymentStatusReport(payment_number=report.payment_number, state=ProviderState.CLOSED)
    return report
