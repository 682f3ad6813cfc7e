"""The best promotion for a plan at a moment."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from limosa.domain.catalog.models import PlanSource, Price
from limosa.domain.promotions.queries import best_promotion, fits, prices_it_fits
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan, make_supplier
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db


def _best_code(**plan_fields: Any) -> str | None:
    plan = make_plan(**plan_fields)
    best = best_promotion(price=Price(plan=plan, currency="USD", amount_minor=6000), now=MOMENT)
    return best.code if best else None


def test_without_a_promotion_there_is_none() -> None:
    assert _best_code() is None


def test_one_statement_finds_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plan, promotion = make_plan(), make_promotion()
    make_promotion(percent_off=5)
    with django_assert_num_queries(1):
        price = Price(plan=plan, currency="USD", amount_minor=6000)
        assert best_promotion(price=price, now=MOMENT) == promotion


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "expected"),
    [(0, 1, "sale"), (-1, 1, "sale"), (1, 2, None), (-1, 0, None), (-2, -1, None)],
)
def test_it_runs_from_its_start_until_before_its_end(
    starts_in: int, ends_in: int, expected: str | None
) -> None:
    make_promotion(
        code="sale",
        starts_at=MOMENT + timedelta(days=starts_in),
        ends_at=MOMENT + timedelta(days=ends_in),
    )
    assert _best_code() == expected


def test_it_counts_for_its_plans_only() -> None:
    make_promotion(code="quarters", plan_codes=["quarter"])
    assert _best_code(code="quarter") == "quarters"
    assert _best_code(code="month") is None


def test_bonus_data_worth_more_than_the_money_off_wins() -> None:
    make_promotion(code="money", percent_off=10)
    make_promotion(code="data", bonus_bytes=10 * GB)
    assert _best_code(volume_bytes=60 * GB) == "data"
    assert _best_code(volume_bytes=200 * GB) == "money"


def test_bonus_data_is_nothing_to_an_unlimited_plan() -> None:
    make_promotion(bonus_bytes=10 * GB)
    assert _best_code(kind="unlimited") is None


def test_of_equals_money_comes_first_and_then_the_code() -> None:
    make_promotion(code="a-data", bonus_bytes=6 * GB)
    make_promotion(code="c-money", percent_off=10)
    make_promotion(code="b-money", percent_off=10)
    assert _best_code(volume_bytes=60 * GB) == "b-money"


def test_what_takes_nothing_off_is_not_offered() -> None:
    make_promotion(percent_off=1)
    price = Price(plan=make_plan(), currency="USD", amount_minor=99)
    assert best_promotion(price=price, now=MOMENT) is None


def test_it_counts_only_where_carrier_and_duration_fit() -> None:
    make_promotion(code="weeks", carrier_codes=["att"], durations=["7 days", "1 month"])
    att = make_carrier("att")
    assert _best_code(carrier=att, validity_count=7, validity_unit="day") == "weeks"
    assert _best_code(carrier=att) == "weeks"
    assert _best_code(carrier=att, validity_count=3) is None
    assert _best_code(validity_count=7, validity_unit="day") is None
    assert _best_code(carrier=att, kind="top_up") is None


def test_an_amount_counts_in_its_own_currency_only() -> None:
    make_promotion(code="euros", amount_off_minor=500, amount_currency="EUR")
    assert _best_code() is None
    make_promotion(code="dollars", amount_off_minor=500)
    assert _best_code() == "dollars"


def test_what_needs_a_code_is_not_for_everybody() -> None:
    make_promotion(percent_off=50, needs_code=True)
    assert _best_code() is None


def test_what_was_ended_no_longer_counts() -> None:
    make_promotion(code="ended", percent_off=50, ended_at=MOMENT)
    make_promotion(code="ends-later", percent_off=20, ended_at=MOMENT + timedelta(hours=1))
    assert _best_code() == "ends-later"


def test_bonus_data_is_only_for_what_our_own_network_delivers() -> None:
    make_promotion(bonus_bytes=10 * GB)
    wholesale = make_supplier("wholesale")
    assert _best_code(supplier=wholesale) is None
    plan = make_plan()
    price = Price.objects.select_related("plan").get(plan=plan, currency="USD")
    assert best_promotion(price=price, now=MOMENT) is not None
    PlanSource.objects.create(plan=plan, supplier=wholesale, position=1, code="W1")
    price = Price.objects.select_related("plan").get(plan=plan, currency="USD")
    assert best_promotion(price=price, now=MOMENT) is None


def test_the_database_finds_the_prices_that_fit() -> None:
    """By the same rule, whatever the promotion is for."""
    wholesale = make_supplier("wholesale")
    kinds: list[dict[str, Any]] = [
        {},
        {"carrier": make_carrier("att")},
        {"validity_count": 7, "validity_unit": "day"},
    ]
    for number, fields in enumerate(kinds):
        plan = make_plan(code=f"own-{number}", **fields)
        make_plan(code=f"other-{number}", supplier=wholesale, **fields)
        if number == 1:
            PlanSource.objects.create(plan=plan, supplier=wholesale, position=1, code="W1")
    make_plan(code="top-up", kind="top_up")
    gifts = ({"percent_off": 5}, {"amount_off_minor": 5}, {"bonus_bytes": GB})
    scopes: tuple[dict[str, list[str]], ...] = (
        {},
        {"plan_codes": ["own-0", "other-1", "top-up"]},
        {"carrier_codes": ["att"]},
        {"durations": ["7 days", "12 months"]},
    )
    for gift in gifts:
        for scope in scopes:
            promotion = make_promotion(**gift, **scope)
            rows = Price.objects.select_related("plan")
            found = set(rows.filter(prices_it_fits(promotion)))
            assert found == {row for row in rows if fits(promotion, price=row)}
