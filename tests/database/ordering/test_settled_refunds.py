"""A refund whose money came back stands in a settlement twice, and matches both times."""

import pytest

from limosa.domain.accounts.models import UnusableMoney
from limosa.domain.payments.facts import RefundOutcome
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Refund,
    RefundState,
)
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_reconciliation import found, run
from tests.database.ordering.test_refunds_that_come_back import arrived, come_back, read

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
    person.unusable_money = UnusableMoney.WALLET
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
