from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.locking import lock_payable
from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.payments.calling import Caller, call_directly, provider_called_by
from limosa.domain.payments.calls import CAPTURE, recorded_call
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.operations.capture_at_provider import capture_at_provider
from limosa.domain.payments.operations.schedule_next_poll import schedule_next_poll
from limosa.domain.payments.operations.schedule_payment_poll import schedule_payment_poll
from limosa.domain.payments.port import Provider
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
    """Ask the provider about a payment and apply the answer; return the result.

    A payment that is no longer usable (it has expired, its order is paid otherwise, or another
    payment of it is being processed) is closed at the provider and polled again, since a person may
    have paid in between. A payment that the payer has approved is captured only if, after the
    provider said so, its order still needs the money; otherwise the approval is left to lapse, even
    if the payment had been closed before. No transaction is open during a call. A provider that
    does not answer is polled again on schedule, and so is one that still says "pending" a day after
    the payment's expiry; that is shown to the operators.
    Locks: the payment, then its order, before it is captured or closed; then as
           apply_payment_status.
    """
    payment = Payment.objects.select_related("saved_method").get(number=payment_number)
    if payment.applied_at is not None:
        return "already_applied"
    schedule_payment_poll(payment=payment, at=now + LEASE)
    try:
        provider = provider_called_by(caller, payment.provider)
        report = _ask(payment, provider, now)
        if report.state in _UNPAID and _should_close(payment, report.state, now):
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
    """Capture what the payer approved; the order needs it, as _should_close has just found."""
    return capture_at_provider(payment=payment, provider=provider, call=CAPTURE, now=now)


def _close(payment: Payment, provider: Provider, now: datetime) -> None:
    """Close a payment. If the provider refuses, it is paid or closed already: the query will
    tell."""
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


def _should_close(payment: Payment, state: ProviderState, now: datetime) -> bool:
    """Return whether no money may be taken by it any more, and its provider doesn't know yet.

    A payer may approve a payment that was closed here: not every provider can close one.
    """
    was_closed = payment.state in {PaymentState.EXPIRED, PaymentState.CANCELLED}
    if was_closed and state is not ProviderState.APPROVED:
        return False
    if now >= payment.expires_at + CLOSE_GRACE:
        return True
    with transaction.atomic():
        return not lock_payable(payment, now=now)


def _closed_unless_paid(report: PaymentStatusReport) -> PaymentStatusReport:
    """A payment that the provider never heard of, or that we won't capture, can't be paid
    either."""
    if report.state in {ProviderState.UNKNOWN, ProviderState.APPROVED}:
        return PaymentStatusReport(payment_number=report.payment_number, state=ProviderState.CLOSED)
    return report
