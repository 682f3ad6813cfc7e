"""A settlement that lists what was held for a dispute, and what became of it, matches."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.models import Difference, Payment, Refund, RefundState
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    RefundOutcome,
    RefundStatusReport,
    SettlementKind,
    SettlementLine,
)
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)  # MOMENT's day in Beijing.
LOST_MINOR = 6500


def lost_in_part(shop: Shop) -> Payment:
    payment = shop.pay(shop.place())
    report = shop.provider.dispute(payment.number, DisputeOutcome.LOST, lost_minor=LOST_MINOR)
    shop.take(shop.provider.message(report))
    return payment


def found(shop: Shop, payment: Payment, back_minor: int | None) -> list[str]:
    """Return what differs when so much of it is listed as given back; None: nothing of it."""
    paid = next(line for line in shop.provider.lines() if line.payment_number == payment.number)
    held = replace(paid, kind=SettlementKind.DISPUTE, reference="hold")
    back = replace(held, kind=SettlementKind.DISPUTE_REVERSAL, reference="end of hold")
    shop.provider.made_up_lines = [held]
    if back_minor is not None:
        shop.provider.made_up_lines.append(replace(back, amount_minor=back_minor))
    reconcile(provider_code="fake", day=DAY, now=MOMENT + timedelta(days=1))
    return sorted(Difference.objects.filter(state="open").values_list("kind", flat=True))


def test_what_came_back_of_one_that_was_lost_in_part_is_no_difference(shop: Shop) -> None:
    payment = lost_in_part(shop)
    assert found(shop, payment, payment.received_minor - LOST_MINOR) == []


def test_another_amount_than_came_back_is_a_difference(shop: Shop) -> None:
    payment = lost_in_part(shop)
    assert found(shop, payment, payment.received_minor - LOST_MINOR - 1) == ["amount"]


def test_what_came_back_here_and_is_not_listed_is_a_difference(shop: Shop) -> None:
    assert found(shop, lost_in_part(shop), None) == ["missing_there"]


def lost(shop: Shop, *, by_minor: int = 0) -> Payment:
    """Return a payment whose dispute was lost, for so much more than was held."""
    payment = shop.pay(shop.place())
    for outcome, lost_minor in (
        (DisputeOutcome.OPEN, None),
        (DisputeOutcome.LOST, payment.received_minor + by_minor),
    ):
        report = shop.provider.dispute(payment.number, outcome, lost_minor=lost_minor)
        shop.take(shop.provider.message(report))
    return payment


def line_of(shop: Shop, payment: Payment, **fields: Any) -> SettlementLine:
    paid = next(line for line in shop.provider.lines() if line.payment_number == payment.number)
    return replace(paid, kind=SettlementKind.DISPUTE, fee_minor=0, **fields)


def differing(shop: Shop, *lines: SettlementLine) -> list[tuple[str, str]]:
    shop.provider.made_up_lines = list(lines)
    reconcile(provider_code="fake", day=DAY, now=MOMENT + timedelta(days=1))
    rows = Difference.objects.filter(state="open").order_by("kind", "subject")
    return [(row.kind, row.subject) for row in rows]


def test_what_was_taken_beyond_what_was_held_has_a_line_of_its_own(shop: Shop) -> None:
    payment = lost(shop, by_minor=700)
    held = line_of(shop, payment, reference="hold")
    further = line_of(shop, payment, reference="further", amount_minor=700)
    assert differing(shop, held, further) == []
    third = replace(further, reference="third")
    assert differing(shop, held, further, third) == [("twice", "dispute:third")]


def test_what_was_taken_beyond_is_missed_when_it_is_not_listed_or_with_another_amount(
    shop: Shop,
) -> None:
    payment = lost(shop, by_minor=700)
    subject = f"dispute:further:dispute-{payment.number}"
    held = line_of(shop, payment, reference="hold")
    assert differing(shop, held) == [("missing_there", subject)]
    further = line_of(shop, payment, reference="further", amount_minor=699)
    assert differing(shop, held, further) == [("amount", subject)]


def reversal(shop: Shop, payment: Payment) -> SettlementLine:
    """A refund that nobody asked for, as PayPal lists what a dispute took (T1106)."""
    line = line_of(shop, payment, reference="reversal")
    return replace(line, kind=SettlementKind.REFUND)


def told_as_a_refund_too(shop: Shop, payment: Payment) -> None:
    report = RefundStatusReport(
        refund_number="",
        payment_number=payment.number,
        outcome=RefundOutcome.SUCCEEDED,
        reference="reversal",
        amount_minor=payment.received_minor,
        currency="CNY",
    )
    shop.take(shop.provider.message(report))
    assert Refund.objects.get().state == RefundState.FOUND


@pytest.mark.parametrize("is_told", [True, False])
def test_what_a_dispute_took_may_be_listed_as_a_refund(shop: Shop, *, is_told: bool) -> None:
    payment = lost(shop)
    if is_told:
        told_as_a_refund_too(shop, payment)
    assert differing(shop, reversal(shop, payment)) == []


def test_a_refund_beside_the_disputes_own_line_is_a_difference(shop: Shop) -> None:
    payment = lost(shop)
    back = reversal(shop, payment)
    assert differing(shop, back) == []
    held = line_of(shop, payment, reference="hold")
    assert differing(shop, back, held) == [("missing_here", "refund:reversal")]


def test_a_refund_of_another_amount_than_a_dispute_took_is_a_difference(shop: Shop) -> None:
    payment = lost(shop)
    back = replace(reversal(shop, payment), amount_minor=payment.received_minor - 1)
    assert ("missing_here", "refund:reversal") in differing(shop, back)
