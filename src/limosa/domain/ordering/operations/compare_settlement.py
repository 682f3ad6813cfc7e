from datetime import datetime

from limosa.domain.ordering.operations.apply_refund_fact import apply_refund_fact
from limosa.domain.ordering.operations.ask_provider import ask_provider
from limosa.domain.ordering.operations.book_settlement import book_settlement
from limosa.domain.ordering.operations.note_refund_by_hand import note_refund_by_hand
from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.facts import RefundFact, RefundOutcome, SettlementKind
from limosa.domain.payments.handles import by_our_number, refund_handle
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Refund,
    RefundState,
    SettledLine,
    Settlement,
)
from limosa.domain.payments.operations.find_differences import find_differences
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.settlement_files import Report, silent
from limosa.foundation.problem import ProviderError

# Beyond it, something else is wrong than a few messages that got lost: a person has to look.
ASKED_MAX = 500


def compare_settlement(*, settlement_id: int, now: datetime, report: Report = silent) -> Settlement:
    """Compare a settlement that was taken in, ask for what we still wait for, and book its fees.

    A payment or refund that the provider has settled, and that has not moved here, is asked for:
    the answer is applied as any other news is, and its difference resolves by itself. So is a
    refund of a payment of ours that was made there by hand.
    Locks:  what find_differences, ask_provider, apply_refund_fact and book_settlement lock, one
            after the other; nothing during calls to the provider.
    """
    settlement = find_differences(settlement_id=settlement_id, now=now, report=report)
    found = _ask_for_refunds_by_hand(settlement, now)
    if _ask(settlement, now, report) or found:
        settlement = find_differences(settlement_id=settlement_id, now=now, report=report)
    report("booking the fees", "steps", 0, 1)
    settlement = book_settlement(settlement_id=settlement_id, now=now)
    report("booking the fees", "steps", 1, 1)
    return settlement


def _ask(settlement: Settlement, now: datetime, report: Report) -> int:
    """Ask for what has moved there and not here; return how many were asked for."""
    found = list(
        Difference.objects.filter(
            settlement=settlement,
            state=DifferenceState.OPEN,
            kind=DifferenceKind.STATE,
            payment__isnull=False,
        )
        .select_related("payment", "refund__payment__saved_method")
        .order_by("id")[:ASKED_MAX]
    )
    for done, difference in enumerate(found):
        report("asking the provider", "differences", done, len(found))
        if difference.refund is not None:
            _ask_for_refund(difference, difference.refund, now)
        elif difference.payment is not None:
            ask_provider(payment_number=difference.payment.number, now=now)
    if found:
        report("asking the provider", "differences", len(found), len(found))
    return len(found)


def _ask_for_refunds_by_hand(settlement: Settlement, now: datetime) -> int:
    """Note the refunds that we know nothing of, and ask for them; return how many there were."""
    lines = list(
        SettledLine.objects.filter(
            settlement=settlement,
            kind=SettlementKind.REFUND,
            refund__isnull=True,
            payment__applied_at__isnull=False,
        )
        .select_related("payment")
        .order_by("id")[:ASKED_MAX]
    )
    for line in lines:
        payment_number = line.payment.number if line.payment else line.payment_number
        fact = RefundFact(
            refund_number=line.refund_number,
            payment_number=payment_number,
            outcome=RefundOutcome.SUCCEEDED,
            reference=line.reference,
            amount_minor=line.amount_minor,
            currency=line.currency,
        )
        note_refund_by_hand(provider_code=settlement.provider, fact=fact, now=now)
        noted = Refund.objects.select_related("payment__saved_method").filter(
            payment=line.payment, by_hand=True, state=RefundState.FOUND, reference=line.reference
        )
        for refund in noted:
            _ask_about(refund, now)
    return len(lines)


def _ask_for_refund(difference: Difference, refund: Refund, now: datetime) -> None:
    came_back = difference.theirs["kind"] == SettlementKind.REFUND_REVERSAL
    if refund.state == RefundState.SUCCEEDED and not came_back:
        return
    _ask_about(refund, now)


def _ask_about(refund: Refund, now: datetime) -> None:
    provider = provider_for(refund.payment.provider)
    try:
        fact = recorded_call(
            refund.payment,
            "query_refund",
            lambda: by_our_number(provider.query_refund(refund_handle(refund)), refund),
            outcome=lambda fact: fact.outcome.value,
            now=now,
        )
    except ProviderError:
        return
    apply_refund_fact(fact=fact, now=now)
