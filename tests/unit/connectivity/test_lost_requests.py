"""A request that a supplier did not know of when it was looked up may still arrive there. Until it
can't any more, its order is given up nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import (
    Delivered,
    Failure,
    Refused,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency
from limosa.domain.connectivity.engine.supplying import (
    ON_ITS_WAY,
    NextCall,
    Outcome,
    SupplyNow,
    SupplyState,
    after_answer,
    next_call,
    withdrawn,
)
from tests.fakes.supplier import BUSY, LOST_BEFORE, OUT_OF_STOCK, FakeSupplier
from tests.unit.connectivity.test_supplying import NUMBER, Course, abilities

REFUSES_TWICE = Capabilities(idempotency=Idempotency.DUPLICATE_REFUSED, cancel=Cancel.AT_ONCE)
A_MOMENT_AGO = timedelta(seconds=20)


def asked(**others: object) -> SupplyNow:
    facts = {"is_wanted": True, "attempts": 3, "has_another": True, "lost_ago": A_MOMENT_AGO}
    return SupplyNow(state=SupplyState.ASKED, **(facts | others))  # type: ignore[arg-type]


def answered(supply: SupplyNow, failure: Failure) -> SupplyState:
    answer = Refused(failure=failure, reason="out_of_stock")
    outcome = after_answer(supply, answer, call=NextCall.ORDER, can=REFUSES_TWICE)
    assert outcome is not None
    return outcome.state


def test_what_is_sent_anew_because_it_was_not_known_is_remembered() -> None:
    supply = asked(lost_ago=None, asked_ago=A_MOMENT_AGO)
    outcome = after_answer(supply, Unknown(), call=NextCall.LOOK_UP, can=REFUSES_TWICE)
    assert outcome == Outcome(state=SupplyState.DUE, next_after=timedelta(0), is_lost=True)
    later = asked(lost_ago=None, asked_ago=ON_ITS_WAY)
    outcome = after_answer(later, Unknown(), call=NextCall.LOOK_UP, can=REFUSES_TWICE)
    assert outcome == Outcome(state=SupplyState.DUE, next_after=timedelta(0), is_lost=False)


@pytest.mark.parametrize("failure", [Failure.ANOTHER, Failure.NEVER, Failure.AGAIN])
def test_no_other_supplier_is_asked_before_it_is_sure_that_none_arrived(failure: Failure) -> None:
    waited = timedelta(minutes=9)
    assert answered(asked(waited=waited), failure) is SupplyState.DUE
    assert answered(asked(waited=waited, lost_ago=ON_ITS_WAY), failure) is SupplyState.DUE
    assert answered(asked(waited=waited, lost_ago=None), failure) is SupplyState.REFUSED


def test_once_it_can_not_arrive_any_more_it_is_looked_up() -> None:
    """A supplier that refuses everything for a while does not say what it has."""
    due = SupplyNow(state=SupplyState.DUE, is_wanted=True, lost_ago=A_MOMENT_AGO)
    assert next_call(due, can=REFUSES_TWICE) is NextCall.ORDER
    long_due = replace(due, lost_ago=ON_ITS_WAY)
    assert next_call(long_due, can=REFUSES_TWICE) is NextCall.LOOK_UP
    outcome = after_answer(long_due, Unknown(), call=NextCall.LOOK_UP, can=REFUSES_TWICE)
    assert outcome == Outcome(state=SupplyState.DUE, next_after=timedelta(0), is_lost=False)
    found = after_answer(long_due, Delivered(), call=NextCall.LOOK_UP, can=REFUSES_TWICE)
    assert found == Outcome(state=SupplyState.DELIVERED)


def test_one_whose_money_goes_back_is_looked_up() -> None:
    assert answered(asked(is_wanted=False), Failure.ANOTHER) is SupplyState.ASKED
    assert answered(asked(is_wanted=False, lost_ago=None), Failure.ANOTHER) is SupplyState.CANCELLED
    due = SupplyNow(state=SupplyState.DUE, is_wanted=False, lost_ago=timedelta(hours=1))
    assert withdrawn(due, can=REFUSES_TWICE) == Outcome(
        state=SupplyState.ASKED, next_after=timedelta(0)
    )
    never_lost = replace(due, lost_ago=None)
    assert withdrawn(never_lost, can=REFUSES_TWICE) == Outcome(state=SupplyState.CANCELLED)


happenings = st.sampled_from(["", LOST_BEFORE, OUT_OF_STOCK, BUSY, "wait", "long", "refund"])


@given(
    can=abilities,
    happened=st.lists(happenings, max_size=12),
    arrives_after=st.integers(1, int(ON_ITS_WAY.total_seconds()) - 1),
)
@example(can=REFUSES_TWICE, happened=["wait", "", "", OUT_OF_STOCK], arrives_after=200)
@example(can=REFUSES_TWICE, happened=["wait", "", OUT_OF_STOCK, "refund"], arrives_after=200)
def test_nothing_is_left_there_of_an_order_that_was_given_up(
    can: Capabilities, happened: list[str], arrives_after: int
) -> None:
    course = Course(FakeSupplier(can))
    course.work(LOST_BEFORE)
    arrives_at = timedelta(seconds=arrives_after)
    for what in [*happened, *["wait", ""] * 60]:
        if what == "refund":
            course.refund()
        elif what in {"wait", "long"}:
            _wait(course, timedelta(seconds=8 if what == "wait" else 100), arrives_at)
        else:
            course.work(*([what] if what else []))
    course.settle()
    if course.state in {SupplyState.REFUSED, SupplyState.CANCELLED}:
        there = {order.state for order in course.supplier.orders_of(NUMBER)}
        assert there <= {"cancelled", "failed"}


def _wait(course: Course, time: timedelta, arrives_at: timedelta) -> None:
    before, course.now = course.now, course.now + time
    if before < arrives_at <= course.now:
        course.supplier.order(SupplyRequest(number=NUMBER, plan_code="any"))
