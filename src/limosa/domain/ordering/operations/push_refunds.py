from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from limosa.domain.ordering.operations.apply_refund_fact import (
    ASKED_AGAIN_AFTER,
    apply_refund_fact,
)
from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.handles import by_our_number, refund_handle, refund_request
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund, RefundState
from limosa.domain.payments.registry import provider_for
from limosa.foundation.problem import ProviderError

_REFUSED_AGAIN_AFTER = timedelta(hours=1)
_OPEN = (RefundState.REQUESTED, RefundState.SENT)


def push_refunds(*, now: datetime, most: int = 50) -> int:
    """Ask the providers for the refunds that are due; return how many were asked for.

    The refund's number is the provider's idempotency key: asking again asks for the same one.
    While the payer disputes the payment, a refund that the provider does not have yet waits. One
    that was made there by hand is only asked about.
    """
    disputes = Dispute.objects.filter(payment=OuterRef("payment"), state=DisputeState.OPEN)
    due = (
        Refund.objects.filter(next_try_at__lte=now)
        .exclude(Q(state=RefundState.REQUESTED) & Exists(disputes))
        .order_by("next_try_at")
    )
    pushed = 0
    for refund in due.select_related("payment__saved_method")[:most]:
        is_mine = Refund.objects.filter(pk=refund.pk, next_try_at=refund.next_try_at).update(
            next_try_at=now + ASKED_AGAIN_AFTER
        )
        if is_mine:
            _push(refund, now)
            pushed += 1
    return pushed


def _push(refund: Refund, now: datetime) -> None:
    payment = refund.payment

    def ask() -> RefundFact:
        provider = provider_for(payment.provider)
        if refund.state == RefundState.REQUESTED:
            return provider.refund(refund_request(refund))
        return by_our_number(provider.query_refund(refund_handle(refund)), refund)

    try:
        fact = recorded_call(
            payment, "refund", ask, outcome=lambda fact: fact.outcome.value, now=now
        )
    except ProviderError as error:
        if not error.retryable:
            _show_refused(refund, now)
        return
    # One that the provider has never heard of is asked for again, with the same number.
    is_known = fact.outcome is not RefundOutcome.UNKNOWN
    Refund.objects.filter(pk=refund.pk, state__in=_OPEN).update(
        state=RefundState.SENT if is_known else RefundState.REQUESTED,
        reference=fact.reference or refund.reference,
    )
    apply_refund_fact(fact=fact, now=now)


def _show_refused(refund: Refund, now: datetime) -> None:
    """Have a person look at a refund that the provider understood and refused.

    It stays owed, and is asked for again each hour: they may have mended the cause there.
    """
    # One that was finished meanwhile, by a notification, stays finished.
    waiting = Refund.objects.filter(pk=refund.pk, next_try_at__isnull=False)
    waiting.update(next_try_at=now + _REFUSED_AGAIN_AFTER)
    if waiting.filter(state__in=_OPEN).exists():
        payment = Payment.objects.filter(pk=refund.payment_id)
        payment.exclude(problem="disputed").update(problem="refund_refused")
