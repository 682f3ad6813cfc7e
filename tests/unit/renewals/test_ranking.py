"""What is offered first."""

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.renewals.engine.ranking import Candidate, rank

PLANS = [
    Candidate(code="att-month", carrier="att", is_top_up=False, position=1),
    Candidate(code="att-top-up", carrier="att", is_top_up=True, position=2),
    Candidate(code="tm-year", carrier="t-mobile", is_top_up=False, position=5),
    Candidate(code="tm-month", carrier="t-mobile", is_top_up=False, position=3),
    Candidate(code="tm-top-up", carrier="t-mobile", is_top_up=True, position=4),
]


@given(st.permutations(PLANS))
def test_the_same_again_then_the_same_carrier_then_others_then_top_ups(
    plans: list[Candidate],
) -> None:
    assert rank(plans, current_plan="tm-year", carrier="t-mobile") == [
        "tm-year",
        "tm-month",
        "att-month",
        "tm-top-up",
        "att-top-up",
    ]


@given(st.permutations(PLANS))
def test_without_a_plan_before_the_carrier_comes_first(plans: list[Candidate]) -> None:
    assert rank(plans, current_plan=None, carrier="att")[0] == "att-month"


def test_a_plan_that_is_not_sold_any_more_is_not_missed() -> None:
    assert rank(PLANS, current_plan="gone", carrier=None)[0] == "att-month"
