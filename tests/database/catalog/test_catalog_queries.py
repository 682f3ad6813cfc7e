"""What is on sale, and what one currency is in another."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from limosa.domain.catalog.queries import RateMissingError, exchange_rate, plans_on_sale
from tests.factories.catalog import make_carrier, make_plan, make_rates, make_supplier

pytestmark = pytest.mark.django_db


def test_plans_come_in_the_order_of_the_catalogue_in_two_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_plan(code="second", position=2)
    make_plan(code="first", position=1, carrier=make_carrier("att"))
    make_plan(code="gone", position=0, on_sale=False)
    make_plan(code="not-for-dollars", position=0, prices={"EUR": 2300})
    with django_assert_num_queries(2):
        found = [
            (price.plan.code, price.plan.carrier.code) for price in plans_on_sale(currency="USD")
        ]
    assert found == [("first", "att"), ("second", "t-mobile")]


def test_a_plan_whose_supplier_is_not_set_up_is_not_offered() -> None:
    make_plan(code="kept")
    make_plan(code="gone", supplier=make_supplier("gone"))
    assert [price.plan_id for price in plans_on_sale(currency="USD")] == ["kept"]


@pytest.mark.parametrize(
    ("pair", "rate"),
    [("USD CNY", "7.1446"), ("CNY USD", "0.13997"), ("EUR CNY", "7.9819"), ("USD EUR", "0.89509")],
)
def test_a_rate_goes_by_way_of_the_euro(
    pair: str, rate: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_rates(date(2026, 10, 30))
    from_currency, to_currency = pair.split()
    with django_assert_num_queries(1):
        found = exchange_rate(
            from_currency=from_currency, to_currency=to_currency, day=date(2026, 11, 22)
        )
    assert (str(found.rate), found.day, found.source) == (rate, date(2026, 10, 30), "ECB")


def test_the_newest_day_with_both_currencies_counts() -> None:
    make_rates(date(2026, 10, 28), USD="1.10", CNY="7.70")
    make_rates(date(2026, 10, 29), USD="1.10", CNY="8.80")
    make_rates(date(2026, 10, 30), USD="1.20")
    make_rates(date(2026, 11, 2), USD="1.30", CNY="9.10")
    found = exchange_rate(from_currency="USD", to_currency="CNY", day=date(2026, 11, 1))
    assert (found.rate, found.day) == (Decimal(8), date(2026, 10, 29))


@pytest.mark.parametrize("pair", ["USD XAF", "XAF USD", "EUR XAF", "XAF EUR"])
def test_a_currency_that_nobody_published_is_refused(pair: str) -> None:
    make_rates(date(2026, 10, 30))
    from_currency, to_currency = pair.split()
    with pytest.raises(RateMissingError, match=f"{from_currency} to {to_currency}"):
        exchange_rate(from_currency=from_currency, to_currency=to_currency, day=date(2026, 11, 1))


def test_a_day_before_all_rates_is_refused() -> None:
    make_rates(date(2026, 10, 30))
    with pytest.raises(RateMissingError):
        exchange_rate(from_currency="USD", to_currency="CNY", day=date(2026, 10, 29))


def test_a_currency_is_one_of_itself() -> None:
    found = exchange_rate(from_currency="USD", to_currency="USD", day=date(2026, 11, 1))
    assert found.rate == 1
