"""Whatever a supplier says or leaves unsaid: one order of ours is one order there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Duplicate,
    Failure,
    Pending,
    Refused,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    UnderReview,
    UndoAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency
from limosa.domain.connectivity.engine.supplying import (
    Lost,
    NextCall,
    Outcome,
    SupplyNow,
    SupplyState,
    after_answer,
    after_cancel,
    is_delivered_in_commit,
    next_call,
    withdrawn,
)
from limosa.foundation.errors import ProviderError
from tests.factories import MOMENT
from tests.fakes.supplier import (
    BUSY,
    LOST_AFTER,
    LOST_BEFORE,
    OUT_OF_STOCK,
    PENDING,
    REFUSED_FOR_GOOD,
    FakeSupplier,
)

NUMBER = "L-1"
LEASE = timedelta(seconds=90)
ENDS = {SupplyState.DELIVERED, SupplyState.REFUSED, SupplyState.CANCELLED, SupplyState.KEPT}


@dataclass(slots=True)
class Course:
    """An order, a supplier, and a worker that may die; time passes."""

    supplier: FakeSupplier
    state: SupplyState = SupplyState.DUE
    is_wanted: bool = True
    reference: str = ""
    attempts: int = 0
    now: timedelta = timedelta(0)
    asked_at: timedelta = timedelta(0)
    lost_at: timedelta | None = None
    next_at: timedelta | None = timedelta(0)
    ordered_unwanted: bool = False
    ordered_after_silence: bool = False
    is_silent: bool = False  # an order was sent, and no word of it came
    seen: list[SupplyState] = field(default_factory=list)

    @property
    def can(self) -> Capabilities:
        return self.supplier.capabilities

    @property
    def as_it_stands(self) -> SupplyNow:
        return SupplyNow(
            state=self.state,
            is_wanted=self.is_wanted,
            has_reference=bool(self.reference),
            attempts=self.attempts,
            asked_ago=self.now - self.asked_at,
            lost_ago=None if self.lost_at is None else self.now - self.lost_at,
        )

    def work(self, *script: str, dies: bool = False) -> None:
        """Have a worker look, as supply_next_order does; `dies`: before it hears the answer."""
        if self.next_at is None or self.next_at > self.now:
            return
        call = next_call(self.as_it_stands, can=self.can)
        self.attempts += 1
        self.next_at = self.now + LEASE
        if call in {NextCall.ORDER, NextCall.REORDER}:
            self.ordered_unwanted |= not self.is_wanted
            self.ordered_after_silence |= self.is_silent
            self.state, self.asked_at, self.is_silent = SupplyState.ASKED, self.now, True
        if call is NextCall.WAIT:
            return
        answer = self._ask(call, script)
        if dies:
            return
        if isinstance(answer, UndoAnswer) or call in {NextCall.CANCEL, NextCall.END_EARLY}:
            assert isinstance(answer, UndoAnswer | Lost)
            self.become(after_cancel(self.as_it_stands, answer, can=self.can))
        else:
            self.hear(answer, call)

    def _ask(self, call: NextCall, script: tuple[str, ...]) -> SupplyAnswer | UndoAnswer | Lost:
        handle = SupplyHandle(number=NUMBER, reference=self.reference)
        asks: dict[NextCall, Callable[[], SupplyAnswer | UndoAnswer]] = {
            NextCall.ORDER: lambda: self.supplier.order(
                SupplyRequest(number=NUMBER, plan_code="any")
            ),
            NextCall.REORDER: lambda: self.supplier.order(
                SupplyRequest(number=NUMBER, plan_code="any")
            ),
            NextCall.LOOK_UP: lambda: self.supplier.look_up(handle),
            NextCall.CANCEL: lambda: self.supplier.cancel(handle),
            NextCall.END_EARLY: lambda: self.supplier.end_early(handle),
        }
        if call not in asks:
            return Lost("no_answer")
        self.supplier.script(*script)
        try:
            return asks[call]()
        except ProviderError as error:
            return Lost(str(error))

    def hear(self, answer: SupplyAnswer | Lost, call: NextCall | None = None) -> None:
        if call is NextCall.ORDER and not isinstance(answer, Lost):
            self.is_silent = False
        if isinstance(answer, Delivered | Pending):
            self.reference = self.reference or answer.reference
        self.become(after_answer(self.as_it_stands, answer, call=call, can=self.can))

    def become(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        self.seen.append(outcome.state)
        if outcome.is_lost is not None:
            self.lost_at = self.asked_at if outcome.is_lost else None
        self.state = outcome.state
        self.next_at = None if outcome.next_after is None else self.now + outcome.next_after

    def refund(self) -> None:
        self.is_wanted = False
        self.become(withdrawn(self.as_it_stands, can=self.can))

    def be_told(self) -> None:
        if self.supplier.orders_of(NUMBER):
            message = self.supplier.message(NUMBER)
            said = self.supplier.read_callback(
                headers=message.headers, body=message.body, now=MOMENT
            )
            self.hear(said.news[0].answer)

    def settle(self) -> None:
        """Let the supplier do as it should, and the worker look until nothing is due."""
        self.supplier._store.execute("DELETE FROM script")
        for _ in range(60):
            self.supplier.deliver(NUMBER)
            self.now += timedelta(minutes=11)
            self.work()


abilities = st.builds(
    Capabilities,
    idempotency=st.sampled_from(Idempotency),
    cancel=st.sampled_from(Cancel),
    end_early=st.booleans(),
    callback_auth=st.just(FakeSupplier.capabilities.callback_auth),
)
happenings = st.one_of(
    st.tuples(
        st.just("work"),
        st.sampled_from(
            ["", LOST_BEFORE, LOST_AFTER, PENDING, BUSY, OUT_OF_STOCK, REFUSED_FOR_GOOD]
        ),
    ),
    st.tuples(
        st.sampled_from(["die", "wait", "long", "refund", "deliver", "be_told"]), st.just("")
    ),
)


def happen(course: Course, what: str, how: str) -> None:
    match what:
        case "work":
            course.work(*([how] if how else []))
        case "die":
            course.work(dies=True)
        case "wait" | "long":
            course.now += timedelta(seconds=8 if what == "wait" else 100)
        case "refund":
            course.refund()
        case "deliver":
            course.supplier.deliver(NUMBER)
        case _:
            course.be_told()


def played(can: Capabilities, happened: list[tuple[str, str]]) -> Course:
    """Return what a course of happenings has come to, once all that can go on has."""
    course = Course(FakeSupplier(can))
    for what, how in happened:
        happen(course, what, how)
    course.settle()
    return course


@given(can=abilities, happened=st.lists(happenings, max_size=15))
def test_one_order_of_ours_is_one_order_there(
    can: Capabilities, happened: list[tuple[str, str]]
) -> None:
    course = played(can, happened)
    assert len(course.supplier.orders_of(NUMBER)) <= 1
    # What is sent again to be found is cancelled at once.
    may_be_undone = can.idempotency is Idempotency.SENT_AGAIN and can.cancel is not Cancel.NONE
    assert may_be_undone or not course.ordered_unwanted
    if can.idempotency is Idempotency.NONE:
        assert not course.ordered_after_silence


@given(can=abilities, happened=st.lists(happenings, max_size=15))
@example(
    can=Capabilities(idempotency=Idempotency.SAME_ORDER, cancel=Cancel.AT_ONCE),
    happened=[("die", ""), ("long", ""), ("refund", ""), ("work", OUT_OF_STOCK)],
)
@example(
    can=Capabilities(idempotency=Idempotency.SENT_AGAIN),
    happened=[("work", LOST_BEFORE), ("refund", "")],
)
def test_every_order_comes_to_an_end_or_to_people(
    can: Capabilities, happened: list[tuple[str, str]]
) -> None:
    course = played(can, happened)
    waits_for_a_callback = course.state is SupplyState.PENDING and not can.looks_up_by_number
    assert course.state in {*ENDS, SupplyState.UNCLEAR} or waits_for_a_callback
    if can.idempotency is not Idempotency.NONE and course.state is not SupplyState.UNCLEAR:
        there = {order.state for order in course.supplier.orders_of(NUMBER)}
        if course.is_wanted and course.state is SupplyState.DELIVERED:
            assert there == {"delivered"}
        if course.state is SupplyState.CANCELLED:
            assert there <= {"cancelled", "failed"}


def test_the_properties_can_fail() -> None:
    """The control: a worker that sends again whatever the supplier can do orders twice."""
    course = Course(FakeSupplier(Capabilities(idempotency=Idempotency.NONE)))
    course.work(LOST_AFTER)
    course.state, course.next_at = SupplyState.DUE, course.now
    course.work()
    assert len(course.supplier.orders_of(NUMBER)) == 2
    assert course.ordered_after_silence


def supply(state: SupplyState, **others: object) -> SupplyNow:
    return replace(SupplyNow(state=state, is_wanted=True), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("idempotency", "call"),
    [
        (Idempotency.SAME_ORDER, NextCall.REORDER),
        (Idempotency.SENT_AGAIN, NextCall.REORDER),
        (Idempotency.DUPLICATE_REFUSED, NextCall.LOOK_UP),
        (Idempotency.LOOKED_UP, NextCall.LOOK_UP),
        (Idempotency.NONE, NextCall.PEOPLE),
    ],
)
def test_what_is_done_about_a_lost_answer_goes_by_the_idempotency(
    idempotency: Idempotency, call: NextCall
) -> None:
    asked = supply(SupplyState.ASKED)
    assert next_call(asked, can=Capabilities(idempotency=idempotency)) is call


@pytest.mark.parametrize(
    ("cancel", "call"),
    [
        (Cancel.AT_ONCE, NextCall.REORDER),
        (Cancel.REVIEWED, NextCall.REORDER),
        (Cancel.NONE, NextCall.PEOPLE),
    ],
)
def test_what_can_not_be_looked_up_is_sent_again_to_be_cancelled(
    cancel: Cancel, call: NextCall
) -> None:
    asked = supply(SupplyState.ASKED, is_wanted=False)
    can = Capabilities(idempotency=Idempotency.SENT_AGAIN, cancel=cancel)
    assert next_call(asked, can=can) is call


@pytest.mark.parametrize(
    ("failure", "attempts", "state"),
    [
        (Failure.ANOTHER, 6, SupplyState.CANCELLED),
        (Failure.NEVER, 7, SupplyState.CANCELLED),
        (Failure.ANOTHER, 5, SupplyState.ASKED),
        (Failure.AGAIN, 9, SupplyState.ASKED),
    ],
)
def test_an_unwanted_order_is_over_once_it_is_refused_and_nothing_is_in_flight(
    failure: Failure, attempts: int, state: SupplyState
) -> None:
    asked = supply(SupplyState.ASKED, is_wanted=False, attempts=attempts)
    can = Capabilities(idempotency=Idempotency.SENT_AGAIN, cancel=Cancel.AT_ONCE)
    refused = Refused(failure=failure, reason="none")
    outcome = after_answer(asked, refused, call=NextCall.REORDER, can=can)
    assert outcome
    assert outcome.state is state


def test_an_order_that_is_wanted_no_more_is_never_sent_again() -> None:
    asked = supply(SupplyState.ASKED, is_wanted=False)
    can = Capabilities(idempotency=Idempotency.SAME_ORDER)
    assert next_call(asked, can=can) is NextCall.LOOK_UP


def test_one_without_a_number_of_ours_is_looked_up_by_its_reference() -> None:
    pending = supply(SupplyState.PENDING, has_reference=True)
    assert next_call(pending, can=Capabilities()) is NextCall.LOOK_UP


LOOKED_UP = Capabilities(idempotency=Idempotency.LOOKED_UP)
REFUSER = Capabilities(idempotency=Idempotency.DUPLICATE_REFUSED)
UNDONE = Capabilities(cancel=Cancel.AT_ONCE, end_early=True)


@pytest.mark.parametrize(
    ("before", "answer", "can", "call", "after"),
    [
        (SupplyState.ASKED, Unknown(), LOOKED_UP, NextCall.LOOK_UP, SupplyState.ASKED),
        (SupplyState.ASKED, Unknown(), REFUSER, NextCall.LOOK_UP, SupplyState.DUE),
        (SupplyState.ASKED, Duplicate(), REFUSER, NextCall.ORDER, SupplyState.ASKED),
        (SupplyState.ASKED, Duplicate(), LOOKED_UP, NextCall.ORDER, SupplyState.UNCLEAR),
        (SupplyState.ASKED, Lost("x"), Capabilities(), NextCall.ORDER, SupplyState.UNCLEAR),
        (SupplyState.PENDING, Unknown(), LOOKED_UP, NextCall.LOOK_UP, SupplyState.UNCLEAR),
        (SupplyState.UNCLEAR, Unknown(), Capabilities(), None, SupplyState.DUE),
        (SupplyState.UNCLEAR, Delivered(), Capabilities(), None, SupplyState.DELIVERED),
        (SupplyState.REFUSED, Delivered(), LOOKED_UP, None, SupplyState.DELIVERED),
        (SupplyState.DELIVERED, Delivered(), LOOKED_UP, None, None),
        (SupplyState.CANCELLING, Delivered(), UNDONE, None, None),
        (SupplyState.DELIVERED, Pending(), LOOKED_UP, None, None),
    ],
)
def test_what_an_answer_makes_of_an_order(
    before: SupplyState,
    answer: SupplyAnswer | Lost,
    can: Capabilities,
    call: NextCall | None,
    after: SupplyState | None,
) -> None:
    outcome = after_answer(supply(before), answer, call=call, can=can)
    assert (outcome and outcome.state) == after


def test_a_look_up_that_is_refused_for_now_says_nothing_of_the_order() -> None:
    busy = Refused(failure=Failure.AGAIN, reason="busy")
    asked = supply(SupplyState.ASKED)
    outcome = after_answer(asked, busy, call=NextCall.LOOK_UP, can=LOOKED_UP)
    assert outcome == Outcome(
        state=SupplyState.ASKED, problem="busy", next_after=timedelta(seconds=5)
    )


@pytest.mark.parametrize(
    ("told", "has_another", "expected"),
    [(1, False, 5), (45, False, 45), (3600, False, 600), (59, True, 59)],
)
def test_an_order_waits_as_long_as_its_supplier_says_and_not_too_long(
    told: int, has_another: int, expected: int
) -> None:
    wait, pause = timedelta(seconds=told), timedelta(seconds=expected)
    limited = Refused(failure=Failure.AGAIN, reason="rate_limited", wait=wait)
    due = supply(SupplyState.DUE, has_another=bool(has_another))
    outcome = after_answer(due, limited, call=NextCall.ORDER, can=LOOKED_UP)
    assert outcome == Outcome(state=SupplyState.DUE, problem="rate_limited", next_after=pause)
    asked = supply(SupplyState.ASKED, has_another=bool(has_another))
    lost = Lost("rate_limited", wait=wait)
    outcome = after_answer(asked, lost, call=NextCall.LOOK_UP, can=LOOKED_UP)
    assert outcome == Outcome(state=SupplyState.ASKED, problem="rate_limited", next_after=pause)


def test_that_there_is_no_such_order_is_believed_once_nothing_can_be_on_its_way() -> None:
    asked = supply(SupplyState.ASKED, asked_ago=timedelta(seconds=299), attempts=9)
    last = after_answer(asked, Unknown(), call=NextCall.LOOK_UP, can=LOOKED_UP)
    assert last == Outcome(state=SupplyState.ASKED, next_after=timedelta(seconds=1))
    earlier = replace(asked, asked_ago=timedelta(seconds=100))
    early = after_answer(earlier, Unknown(), call=NextCall.LOOK_UP, can=LOOKED_UP)
    assert early == Outcome(state=SupplyState.ASKED, next_after=timedelta(seconds=60))
    later = replace(asked, asked_ago=timedelta(minutes=5))
    outcome = after_answer(later, Unknown(), call=NextCall.LOOK_UP, can=LOOKED_UP)
    assert outcome == Outcome(state=SupplyState.DUE, next_after=timedelta(0), is_lost=False)


@pytest.mark.parametrize(
    ("can", "after"),
    [
        (Capabilities(cancel=Cancel.AT_ONCE), SupplyState.CANCELLING),
        (Capabilities(cancel=Cancel.REVIEWED, end_early=True), SupplyState.CANCELLING),
        (Capabilities(end_early=True), SupplyState.ENDING),
        (Capabilities(), SupplyState.KEPT),
    ],
)
def test_what_was_delivered_is_undone_as_the_supplier_can(
    can: Capabilities, after: SupplyState
) -> None:
    outcome = withdrawn(supply(SupplyState.DELIVERED), can=can)
    assert outcome is not None
    assert outcome.state is after


def test_a_cancellation_that_is_refused_ends_the_bundle_where_that_can_be() -> None:
    cancelling = supply(SupplyState.CANCELLING)
    outcome = after_cancel(cancelling, CancelAnswer.REFUSED, can=UNDONE)
    assert outcome is not None
    assert outcome.state is SupplyState.ENDING
    outcome = after_cancel(cancelling, CancelAnswer.REFUSED, can=Capabilities())
    assert outcome == Outcome(state=SupplyState.KEPT, problem="not_cancelled")


def test_a_cancellation_that_is_not_decided_is_asked_about_as_soon_as_it_may_be() -> None:
    cancelling = replace(supply(SupplyState.CANCELLING), asked_ago=timedelta(seconds=30))

    def pause(answer: UndoAnswer, known: str = "") -> timedelta | None:
        outcome = after_cancel(replace(cancelling, application=known), answer, can=UNDONE)
        assert outcome is not None
        assert outcome.state is SupplyState.CANCELLING
        return outcome.next_after

    assert pause(Pending()) == timedelta(seconds=10)  # Its order is being made.
    assert pause(UnderReview(application="A-1")) == timedelta(minutes=2)
    assert pause(UnderReview(application="A-1"), "A-1") == timedelta(hours=1)
    assert pause(UnderReview(), "A-1") == timedelta(hours=1)


def test_whoever_calls_nobody_delivers_in_the_commit_of_the_money() -> None:
    assert is_delivered_in_commit(Capabilities(in_own_database=True))
    assert not is_delivered_in_commit(Capabilities())
