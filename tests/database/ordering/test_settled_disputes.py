"""A settlement that lists what was held for a dispute, and what came back of it, matches."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.facts import DisputeOutcome, SettlementKind
from limosa.domain.payments.models import Difference, Payment
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)  # MOMENT's day in Beijing.
LOST_MINOR = 6500


def lost_in_part(shop: Shop) -> Payment:
    payment = shop.pay(shop.place())
    fact = shop.provider.dispute(payment.number, DisputeOutcome.LOST, lost_minor=LOST_MINOR)
    shop.take(shop.provider.message(fact))
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
