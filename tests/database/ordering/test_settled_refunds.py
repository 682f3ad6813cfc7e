"""A refund whose money came back stands in a settlement twice, and matches both times."""

from dataclasses import replace

import pytest

from limosa.domain.accounts.models import UnappliedFunds
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Refund,
    RefundState,
)
from limosa.domain.payments.status_reports import RefundOutcome, SettlementKind, SettlementLine
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_reconciliation import found, run
from tests.database.ordering.test_refunds_that_come_back import arrived, come_back, read
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def check_even(shop: Shop, refund: Refund) -> None:
    total = run(shop).totals.get()
    assert found() == []
    assert total.refunds_minor == 0
    assert total.net_minor == total.booked_minor == refund.payment.received_minor
    assert total.unexplained_minor == 0


def test_it_matches_when_the_money_is_owed_again(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop, 700))
    assert refund.state == RefundState.FAILED
    check_even(shop, refund)


def test_it_matches_when_the_money_went_into_the_wallet(shop: Shop) -> None:
    refund = arrived(shop)
    person = refund.payment.subscriber
    person.unapplied_funds = UnappliedFunds.WALLET
    person.save()
    refund = come_back(shop, refund)
    assert refund.state == RefundState.SETTLED
    check_even(shop, refund)


def test_when_nobody_told_us_the_settlement_has_us_ask(shop: Shop) -> None:
    refund = arrived(shop)
    shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    check_even(shop, refund)
    assert read(refund).came_back == 1
    assert read(refund).payment.problem == "refund_came_back"
    (difference,) = Difference.objects.all()
    assert (difference.kind, difference.state) == ("state", DifferenceState.RESOLVED)
    shop.check_books()


def test_what_a_file_does_not_list_is_a_difference_each(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    shop.provider.left_out = {refund.reference}
    total = run(shop).totals.get()
    assert found() == [
        ("missing_there", f"refund:{refund.number}"),
        ("missing_there", f"refund_reversal:{refund.number}"),
    ]
    assert total.unexplained_minor == 0
    shop.provider.left_out = set()
    check_even(shop, refund)


def failed_at_once(shop: Shop, *, is_heard: bool = True) -> Refund:
    """Return a refund that was accepted, and failed without ever having succeeded."""
    shop.provider.refunds_wait = True
    payment = shop.pay(shop.place())
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    report = shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    if is_heard:
        shop.take(shop.provider.message(report))
    return read(refund)


def list_both_ways(shop: Shop, refund: Refund) -> list[SettlementLine]:
    """Return what a provider writes of it: its money left our balance, and came back."""
    paid = next(iter(shop.provider.lines()))
    there = replace(
        paid,
        kind=SettlementKind.REFUND,
        reference=f"there-{refund.number}",
        refund_number=refund.number,
        amount_minor=refund.amount_minor,
    )
    return [there, replace(there, kind=SettlementKind.REFUND_REVERSAL)]


@pytest.mark.parametrize("is_heard", [True, False])
def test_one_that_failed_at_once_matches_both_of_its_lines(shop: Shop, *, is_heard: bool) -> None:
    refund = failed_at_once(shop, is_heard=is_heard)
    shop.provider.made_up_lines = list_both_ways(shop, refund)
    check_even(shop, refund)
    refund = read(refund)
    assert (refund.state, refund.came_back) == (RefundState.FAILED, 1)
    assert refund.owed_minor == refund.amount_minor
    check_even(shop, refund)  # Nothing is booked again.
    assert refund.payment.problem == "refund_failed"
    shop.check_books()


def test_what_is_listed_one_way_only_is_not_booked(shop: Shop) -> None:
    refund = failed_at_once(shop)
    shop.provider.made_up_lines = list_both_ways(shop, refund)[:1]
    run(shop)
    assert found() == [("state", f"refund:{refund.number}")]
    assert read(refund).came_back == 0


def test_one_whose_failure_nobody_told_is_asked_for_when_the_money_is_back(shop: Shop) -> None:
    refund = failed_at_once(shop, is_heard=False)
    assert refund.state == RefundState.SENT
    shop.provider.made_up_lines = list_both_ways(shop, refund)[1:]
    run(shop)
    assert read(refund).state == RefundState.FAILED
