"""No charge without a notice that was delivered in time and named the sum, above the cap, or after
the end: over any course of mails, prices and refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.autorenewal.engine.attempts import Outcome, Tried, next_turn
from limosa.domain.autorenewal.engine.course import Deed, Facts, Price, Told, Unable, decide
from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.autorenewal.engine.timetable import slots, timetable

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
CAP = 3000
PLACES = (0, 1)


@dataclass
class Played:
    """One cycle, played to its end."""

    days: int
    prices: Sequence[int | Unable]
    mails: list[int | None]  # minutes until delivered; None: given up
    outcomes: list[Outcome]
    state: CycleState = CycleState.PLANNED
    now: datetime = START
    told: Told | None = None
    is_reminded: bool = False
    has_told_unable: bool = False
    tried: list[Tried] = field(default_factory=list)
    charged: list[tuple[datetime, int, Told]] = field(default_factory=list)
    looks: int = 0

    def play(self, told_from: datetime) -> Unable | None:
        """Return why it failed; None: it was paid."""
        end = START + timedelta(days=self.days)
        times = timetable(starts_at=START, ends_at=end, told_from=told_from)
        if times is None:
            return Unable.TOO_LATE
        self.now = told_from
        while True:
            self.looks += 1
            assert self.looks < 2000
            price = self._price(end)
            first = self.tried[0].begun_at if self.tried else self.now
            turn = next_turn(
                self.tried, usable=PLACES, slots=slots(first, ends_at=end), now=self.now
            )
            facts = Facts(
                state=self.state,
                times=times,
                cap_minor=CAP,
                price=price,
                told=self._told(),
                is_reminded=self.is_reminded,
                has_told_unable=self.has_told_unable,
                turn_at=turn.at if turn else None,
            )
            decision = decide(facts, now=self.now)
            if decision.deed is Deed.FAIL:
                assert decision.why is not None
                return decision.why
            if decision.deed is Deed.WAIT:
                assert decision.at > self.now, "nobody looks twice for nothing"
            if self._do(decision.deed, facts):
                return None
            self.now = max(decision.at, self.now)

    def _price(self, end: datetime) -> Price | Unable:
        share = (self.now - START) / (end - START)
        found = self.prices[min(int(share * len(self.prices)), len(self.prices) - 1)]
        if isinstance(found, Unable):
            return found
        return Price(total_minor=found, list_minor=found + 100)

    def _told(self) -> Told | None:
        if self.told is None or self.told.delivered_at is None:
            return self.told
        if self.told.delivered_at > self.now:
            return Told(at_most_minor=self.told.at_most_minor, sent_at=self.told.sent_at)
        return self.told

    def _do(self, deed: Deed, facts: Facts) -> bool:
        price = facts.price
        if deed is Deed.NOTICE and isinstance(price, Price):
            mail = self.mails.pop(0) if self.mails else 1
            self.told = Told(
                at_most_minor=price.at_most(CAP),
                sent_at=self.now,
                delivered_at=None if mail is None else self.now + timedelta(minutes=mail),
                is_given_up=mail is None,
            )
            self.has_told_unable = False
        elif deed is Deed.NOTE_DELIVERY:
            self.state = CycleState.NOTICED
        elif deed is Deed.RENOTICE:
            self.state = CycleState.PLANNED
        elif deed is Deed.REMIND:
            self.is_reminded = True
        elif deed is Deed.TELL_UNABLE:
            self.has_told_unable = True
        elif deed is Deed.CHARGE:
            return self._charge(facts)
        return False

    def _charge(self, facts: Facts) -> bool:
        assert isinstance(facts.price, Price)
        assert facts.told is not None
        self.state = CycleState.CHARGING
        self.charged.append((self.now, facts.price.total_minor, facts.told))
        first = self.tried[0].begun_at if self.tried else self.now
        turn = next_turn(
            self.tried,
            usable=PLACES,
            slots=slots(first, ends_at=facts.times.ends_at),
            now=self.now,
        )
        assert turn is not None
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.PAID
        self.tried.append(Tried(turn.place, self.now, outcome))
        return outcome is Outcome.PAID


played = st.builds(
    Played,
    days=st.sampled_from([1, 3, 7, 30, 90, 365]),
    prices=st.lists(
        st.one_of(st.integers(2000, 3300), st.sampled_from([Unable.PLAN_GONE, Unable.ON_HOLD])),
        min_size=1,
        max_size=8,
    ),
    mails=st.lists(st.one_of(st.none(), st.integers(1, 20_000)), max_size=3),
    outcomes=st.lists(st.sampled_from([Outcome.SOFT, Outcome.HARD, Outcome.PAYER]), max_size=9),
)


@given(course=played, share=st.floats(0, 1))
def test_whatever_happens_nothing_is_charged_unannounced(course: Played, share: float) -> None:
    end = START + timedelta(days=course.days)
    told_from = START + (end - START) * share
    course.play(told_from)
    times = timetable(starts_at=START, ends_at=end, told_from=told_from)
    for at, total_minor, told in course.charged:
        assert times is not None
        assert told.delivered_at is not None
        assert at - told.delivered_at >= times.least_lead
        assert total_minor <= told.at_most_minor <= CAP
        assert told_from < at < end


@given(days=st.sampled_from([1, 3, 7, 30, 90, 365]), price=st.integers(1, CAP))
def test_with_a_mail_and_a_method_that_work_it_is_paid_before_the_gap(
    days: int, price: int
) -> None:
    course = Played(days=days, prices=[price], mails=[], outcomes=[])
    assert course.play(START) is None
    ((at, total_minor, _),) = course.charged
    assert total_minor == price
    assert at < START + timedelta(days=days)
    assert course.looks < 12


def test_a_price_above_the_cap_is_told_once_and_waited_for() -> None:
    course = Played(days=30, prices=[3500], mails=[], outcomes=[])
    assert course.play(START) is Unable.ABOVE_CAP
    assert course.has_told_unable
    assert not course.charged
    # It falls again in time.
    course = Played(days=30, prices=[3500] * 7 + [2500] * 3, mails=[], outcomes=[])
    assert course.play(START) is None


def test_a_price_that_rises_after_the_notice_is_announced_anew() -> None:
    course = Played(days=30, prices=[2000] * 8 + [2900] * 2, mails=[], outcomes=[])
    assert course.play(START) is None
    ((at, total_minor, told),) = course.charged
    assert (total_minor, told.at_most_minor) == (2900, 3000)
    assert told.delivered_at is not None
    assert at - told.delivered_at >= timedelta(days=3)


def test_a_mail_that_never_arrives_keeps_the_money_where_it_is() -> None:
    course = Played(days=30, prices=[2000], mails=[None] * 40, outcomes=[])
    assert course.play(START) is Unable.NOT_TOLD
    assert not course.charged


@pytest.mark.parametrize("days", [1, 3, 7, 365])
def test_a_price_that_rises_is_seen_while_there_is_time_to_tell_anew(days: int) -> None:
    end = START + timedelta(days=days)
    times = timetable(starts_at=START, ends_at=end, told_from=START)
    assert times is not None
    told = Told(at_most_minor=1000, sent_at=times.notice_at, delivered_at=times.notice_at)
    facts = Facts(
        state=CycleState.NOTICED,
        times=times,
        cap_minor=2000,
        price=Price(total_minor=1000, list_minor=1000),
        told=told,
        turn_at=START,
    )
    seen_at = decide(facts, now=times.notice_at).at
    risen = replace(facts, price=Price(total_minor=1200, list_minor=1200))
    assert decide(risen, now=seen_at).deed is Deed.RENOTICE
    charge_at = times.charge_after(seen_at + timedelta(minutes=1))
    assert charge_at is not None
    assert charge_at < end - (end - times.charge_at) / 8


@pytest.mark.parametrize("days", [1, 3, 7])
def test_a_price_above_the_cap_is_looked_at_again_while_there_is_time_to_tell(days: int) -> None:
    end = START + timedelta(days=days)
    times = timetable(starts_at=START, ends_at=end, told_from=START)
    assert times is not None
    facts = Facts(
        state=CycleState.PLANNED,
        times=times,
        cap_minor=1000,
        price=Price(total_minor=1200, list_minor=1200),
        has_told_unable=True,
    )
    again_at = decide(facts, now=times.notice_at).at
    assert times.charge_after(again_at) is not None
