from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from limosa.domain.ordering.operations.apply_refund_status import (
    ASKED_AGAIN_AFTER,
    apply_refund_status,
)
from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.engine.refund_life import RefundEvent
from limosa.domain.payments.handles import by_our_number, refund_handle, refund_request
from limosa.domain.payments.models import Dispute, DisputeState, Refund, RefundState
from limosa.domain.payments.operations.acknowledge_refund import acknowledge_refund
from limosa.domain.payments.operations.lease_refund import lease_refund
from limosa.domain.payments.operations.refuse_refund import refuse_refund
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport
from limosa.foundation.errors import ProviderError


def push_refunds(*, now: datetime, most: int = 50) -> int:
    """Request or poll the refunds that are due at their providers; return how many.

    The refund's number is the provider's idempotency key: requesting again requests the same one.
    While the payer disputes the payment, a refund that the provider does not have yet waits. A
    refund by hand is only polled.
    """
    disputes = Dispute.objects.filter(payment=OuterRef("payment"), state=DisputeState.OPEN)
    due = (
        Refund.objects.filter(next_poll_at__lte=now)
        .exclude(Q(state=RefundState.REQUESTED) & Exists(disputes))
        .order_by("next_poll_at")
    )
    pushed = 0
    for refund in due.select_related("payment__saved_method")[:most]:
        if lease_refund(refund=refund, until=now + ASKED_AGAIN_AFTER):
            _push(refund, now)
            pushed += 1
    return pushed


def _push(refund: Refund, now: datetime) -> None:
    payment, asked_in = refund.payment, refund.state

    def ask() -> RefundStatusReport:
        provider = provider_for(payment.provider)
        if refund.state == RefundState.REQUESTED:
            return provider.refund(refund_request(refund))
        return by_our_number(provider.query_refund(refund_handle(refund)), refund)

    try:
        report = recorded_call(
            payment, "refund", ask, outcome=lambda report: report.outcome.value, now=now
        )
    except ProviderError as error:
        if not error.retryable:
            refuse_refund(refund=refund, now=now)
        return
    # One that the provider has never heard of is requested again, with the same number.
    is_known = report.outcome is not RefundOutcome.UNKNOWN
    acknowledge_refund(
        refund=refund,
        event=RefundEvent.ACCEPT if is_known else RefundEvent.FORGET,
        reference=report.reference,
    )
    apply_refund_status(report=report, now=now, asked_in=asked_in)
