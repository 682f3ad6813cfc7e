"""What a supplier refuses orders by is asked for again, once, and told to staff."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.payables.models import SupplierAccount
from limosa.domain.payables.operations.watch_balance import watch_balance
from limosa.domain.support.models import GuardKind
from limosa.domain.support.operations.follow_refusals import follow_refusals
from limosa.domain.support.operations.run_guards import run_guards
from limosa.domain.wholesale.models import PriceSheet
from tests.factories import MOMENT
from tests.factories.connectivity import make_supply
from tests.factories.wholesale import SUPPLIER, listed, make_sheet
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def refuse(problem: str, *, minutes_ago: int = 1, plan_code: str = "us-5gb") -> None:
    at = MOMENT - minutes_ago * MINUTE
    make_supply(
        state="refused",
        problem=problem,
        plan_code=plan_code,
        asked_at=at,
        created_at=at,
        ended_at=at,
    )


def test_a_changed_price_has_the_list_fetched_once() -> None:
    make_sheet(listed(), now=MOMENT - timedelta(hours=5))
    assert follow_refusals(now=MOMENT) == []
    refuse("price_changed")
    refuse("price_changed")
    assert follow_refusals(now=MOMENT) == [f"{SUPPLIER} list"]
    assert PriceSheet.objects.latest("id").state == "fetching"
    assert follow_refusals(now=MOMENT + MINUTE) == []


def test_a_list_just_fetched_is_not_fetched_again_for_a_while() -> None:
    make_sheet(listed(), now=MOMENT - 5 * MINUTE)
    refuse("price_changed")
    assert follow_refusals(now=MOMENT) == []
    assert follow_refusals(now=MOMENT + 10 * MINUTE) == [f"{SUPPLIER} list"]


def test_used_up_credit_has_the_balance_read_once() -> None:
    watch_balance(supplier_code=SUPPLIER, now=MOMENT - 20 * MINUTE)
    refuse("credit_used_up")
    assert follow_refusals(now=MOMENT) == [f"{SUPPLIER} balance"]
    assert SupplierAccount.objects.get().read_at == MOMENT
    assert follow_refusals(now=MOMENT + MINUTE) == []


def test_other_refusals_and_old_ones_are_left_alone() -> None:
    refuse("out_of_stock")
    refuse("price_changed", minutes_ago=61)
    assert follow_refusals(now=MOMENT) == []


@pytest.mark.parametrize("problem", ["price_changed", "credit_used_up", "out_of_stock"])
def test_repeated_refusals_of_a_plan_are_a_finding_until_they_stop(problem: str) -> None:
    refuse(problem)
    refuse(problem, plan_code="another")
    assert run_guards(now=MOMENT, kinds=[GuardKind.SUPPLY]) == []
    refuse(problem, minutes_ago=2)
    (found,) = run_guards(now=MOMENT, kinds=[GuardKind.SUPPLY])
    assert (found.subject, found.problem) == (f"{SUPPLIER} us-5gb", f"refused_{problem}")
    assert run_guards(now=MOMENT + timedelta(hours=2), kinds=[GuardKind.SUPPLY]) == []
