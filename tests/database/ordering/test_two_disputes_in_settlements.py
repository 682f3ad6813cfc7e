"""Each line of a settlement is about the dispute that it names, or the one that fits it best."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.models import Difference, Payment
from limosa.domain.payments.status_reports import DisputeOutcome, SettlementKind, SettlementLine
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)  # MOMENT's day in Beijing.
FIRST, SECOND = "first", "second"
PART_MINOR = 500


def won(shop: Shop, payment: Payment, reference: str, amount_minor: int | None = None) -> None:
    """Learn of a dispute, and that it was won. amount_minor: None: all of the payment."""
    for outcome in (DisputeOutcome.OPEN, DisputeOutcome.WON):
        report = shop.provider.dispute(payment.number, outcome)
        report = replace(report, reference=reference)
        if amount_minor is not None:
            report = replace(report, amount_minor=amount_minor)
        shop.take(shop.provider.message(report))


def moved(
    shop: Shop, payment: Payment, reference: str, amount_minor: int | None = None
) -> list[SettlementLine]:
    """Return the lines of a dispute's money, as it was held and given back."""
    paid = next(line for line in shop.provider.lines() if line.payment_number == payment.number)
    held = replace(
        paid,
        kind=SettlementKind.DISPUTE,
        reference=reference,
        fee_minor=0,
        amount_minor=amount_minor or paid.amount_minor,
    )
    return [held, replace(held, kind=SettlementKind.DISPUTE_REVERSAL)]


def differing(shop: Shop, *lines: SettlementLine) -> list[tuple[str, str]]:
    shop.provider.made_up_lines = list(lines)
    reconcile(provider_code="fake", day=DAY, now=MOMENT + timedelta(days=1))
    rows = Difference.objects.filter(state="open").order_by("kind", "subject")
    return [(row.kind, row.subject) for row in rows]


@pytest.mark.parametrize("second_minor", [PART_MINOR, None])
@pytest.mark.parametrize("are_named", [True, False])
def test_a_dispute_that_is_known_later_than_its_line_finds_it(
    shop: Shop, second_minor: int | None, *, are_named: bool
) -> None:
    payment = shop.pay(shop.place())
    won(shop, payment, FIRST)
    names = (FIRST, SECOND) if are_named else ("T-1", "T-2")
    lines = [*moved(shop, payment, names[0]), *moved(shop, payment, names[1], second_minor)]
    assert differing(shop, *lines), "nobody knows of the second yet"
    won(shop, payment, SECOND, second_minor)
    assert differing(shop, *lines) == []


@pytest.mark.parametrize("second_minor", [PART_MINOR, None])
def test_lines_that_name_no_dispute_are_told_apart_by_amount_and_turn(
    shop: Shop, second_minor: int | None
) -> None:
    payment = shop.pay(shop.place())
    won(shop, payment, FIRST)
    won(shop, payment, SECOND, second_minor)
    lines = [*moved(shop, payment, "T-1"), *moved(shop, payment, "T-2", second_minor)]
    assert differing(shop, *lines) == []


def test_a_third_line_is_one_too_many_however_often_it_is_looked_at(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    won(shop, payment, FIRST)
    won(shop, payment, SECOND)
    lines = [line for name in ("T-1", "T-2", "T-3") for line in moved(shop, payment, name)]
    for _ in range(2):
        assert [kind for kind, _ in differing(shop, *lines)] == ["twice", "twice"]
