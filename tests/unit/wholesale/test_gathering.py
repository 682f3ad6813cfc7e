"""A list is taken only as a whole."""

import pytest

from limosa.domain.connectivity.answers import PlanPage, SupplierPlan
from limosa.domain.wholesale.engine.gathering import Gathering
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetFaultError
from tests.factories.wholesale import listed


def page(*plans: SupplierPlan, after: str = "", total: int | None = None) -> PlanPage:
    return PlanPage(plans=plans, next_page=after, total=total)


def refusal_of(*pages: PlanPage) -> SheetFaultError:
    gathering = Gathering()
    *others, last = pages
    for one in others:
        gathering.take(one)
    with pytest.raises(SheetFaultError) as refused:
        gathering.take(last)
    assert not gathering.is_whole
    return refused.value


def test_pages_make_a_whole_list() -> None:
    gathering = Gathering()
    gathering.take(page(listed("a"), after="2", total=2))
    assert (gathering.page, gathering.is_whole, gathering.total) == ("2", False, 2)
    gathering.take(page(listed("b"), total=2))
    assert gathering.is_whole
    assert list(gathering.plans) == ["a", "b"]


def test_a_plan_that_slipped_onto_the_next_page_is_one_plan() -> None:
    gathering = Gathering()
    gathering.take(page(listed("a"), after="2"))
    gathering.take(page(listed("a"), listed("b")))
    assert list(gathering.plans) == ["a", "b"]


def test_a_code_with_two_contents_is_refused() -> None:
    refusal = refusal_of(page(listed("a"), after="2"), page(listed("a", cost=1)))
    assert (refusal.failure, refusal.subject) == (SheetFailure.TWICE, "a")


def test_fewer_plans_than_announced_are_not_whole() -> None:
    refusal = refusal_of(page(listed("a"), after="2", total=3), page(listed("b"), total=3))
    assert refusal.failure is SheetFailure.SHORT


@pytest.mark.parametrize("follows", ["2", "1"])
def test_pages_that_repeat_are_endless(follows: str) -> None:
    pages = page(after="1"), page(after="2"), page(after=follows)
    assert refusal_of(*pages).failure is SheetFailure.ENDLESS


@pytest.mark.parametrize("code", ["", "x" * 201, "a\0"])
def test_a_code_that_cannot_be_stored_is_refused(code: str) -> None:
    assert refusal_of(page(listed(code))).failure is SheetFailure.UNFIT


def test_what_the_adapter_left_out_counts_as_listed() -> None:
    gathering = Gathering()
    gathering.take(PlanPage(plans=(listed("a"),), total=2, left_out={"b": "a fraction of a cent"}))
    assert gathering.is_whole
    assert gathering.left_out == {"b": "a fraction of a cent"}


@pytest.mark.parametrize(
    "plan",
    [
        listed(name="x" * 301),
        listed(cost=-1),
        listed(cost=2**63),
        listed(currency="XXQ"),
        listed(days=40_000),
        listed(days=-1),
        listed(countries=("USA",)),
        listed(volume_bytes=-1),
        listed(exit_country="x" * 61),
        listed(renewed_by=("x" * 201,)),
    ],
)
def test_what_cannot_be_stored_is_left_out(plan: SupplierPlan) -> None:
    gathering = Gathering()
    gathering.take(page(plan, listed("good"), total=2))
    assert list(gathering.plans) == ["good"]
    assert gathering.left_out == {plan.code: "can't be stored"}
