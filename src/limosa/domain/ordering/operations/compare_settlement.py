from dataclasses import replace
from datetime import datetime

from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.book_both_ways import book_both_ways
from limosa.domain.ordering.operations.book_settlement import book_settlement
from limosa.domain.ordering.operations.note_refund_by_hand import note_refund_by_hand
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.handles import by_our_number, payment_handle, refund_handle
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Payment,
    Refund,
    RefundState,
    SettledLine,
    Settlement,
)
from limosa.domain.payments.operations.find_differences import find_differences
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import RefundHandle
from limosa.domain.payments.settlement_files import Report, silent
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport, SettlementKind
from limosa.foundation.errors import ProviderError

# Above this, more is wrong than a few lost messages: a person has to look.
ASKED_MAX = 500


def compare_settlement(*, settlement_id: int, now: datetime, report: Report = silent) -> Settlement:
    """Compare a stored settlement, poll what is still open here, and book its fees.

    A payment or refund that the provider has settled, but that has not moved here, is polled: the
    answer is applied like any other report, and its difference resolves itself. So is a refund by
    hand of one of our payments. A failed refund that the provider lists both leaving and coming
    back is booked both ways.
    Locks:  what find_differences, poll_payment, apply_refund_status, book_both_ways and
            book_settlement lock, one after the other; nothing during calls to the provider.
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
    """Poll what has moved there but not here; return how many were polled."""
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
            poll_payment(payment_number=difference.payment.number, now=now)
    if found:
        report("asking the provider", "differences", len(found), len(found))
    return len(found)


def _ask_for_refunds_by_hand(settlement: Settlement, now: datetime) -> int:
    """Ask about refunds unknown to us, and book those that the provider confirms.

    Returns how many it confirmed.
    """
    lines = list(
        SettledLine.objects.filter(
            settlement=settlement,
            kind=SettlementKind.REFUND,
            refund__isnull=True,
            dispute__isnull=True,
            payment__applied_at__isnull=False,
        )
        .select_related("payment__saved_method")
        .order_by("id")[:ASKED_MAX]
    )
    return sum(
        _book_confirmed(line, line.payment, now) for line in lines if line.payment is not None
    )


def _book_confirmed(line: SettledLine, payment: Payment, now: datetime) -> bool:
    handle = RefundHandle(
        number=line.refund_number or line.reference,
        payment=payment_handle(payment),
        reference=line.reference,
    )
    try:
        report = recorded_call(
            payment,
            "query_refund",
            lambda: provider_for(payment.provider).query_refund(handle),
            outcome=lambda report: report.outcome.value,
            now=now,
        )
    except ProviderError:
        return False
    if report.outcome is not RefundOutcome.SUCCEEDED:
        return False
    report = replace(
        report, payment_number=payment.number, reference=report.reference or line.reference
    )
    note_refund_by_hand(provider_code=payment.provider, report=report, now=now)
    noted = Refund.objects.filter(payment=payment, by_hand=True, reference=report.reference).first()
    if noted is not None:
        apply_refund_status(report=by_our_number(report, noted), now=now)
    return noted is not None


def _ask_for_refund(difference: Difference, refund: Refund, now: datetime) -> None:
    came_back = difference.theirs["kind"] == SettlementKind.REFUND_REVERSAL
    if refund.state == RefundState.SUCCEEDED and not came_back:
        return

    def ask() -> RefundStatusReport:
        provider = provider_for(refund.payment.provider)
        return by_our_number(provider.query_refund(refund_handle(refund)), refund)

    try:
        report = recorded_call(
            refund.payment,
            "query_refund",
            ask,
            outcome=lambda report: report.outcome.value,
            now=now,
        )
    except ProviderError:
        return
    apply_refund_status(report=report, now=now, asked_in=refund.state)
    if report.outcome is RefundOutcome.FAILED:
        book_both_ways(refund_number=refund.number, now=now)
