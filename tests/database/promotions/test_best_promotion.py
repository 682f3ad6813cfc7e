"""The best promotion for a plan at a moment."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from limosa.domain.promotions.queries import best_promotion
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db


def _best_code(**plan_fields: Any) -> str | None:
    plan = make_plan(**plan_fields)
    best = best_promotion(plan=plan, price_minor=6000, now=MOMENT)
    return best.code if best else None


def test_without_a_promotion_there_is_none() -> None:
    assert _best_code() is None


def test_one_statement_finds_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plan, promotion = make_plan(), make_promotion()
    make_promotion(percent_off=5)
    with django_assert_num_queries(1):
        assert best_promotion(plan=plan, price_minor=6000, now=MOMENT) == promotion


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
    assert best_promotion(plan=make_plan(), price_minor=99, now=MOMENT) is None
