"""Methods take their turns in the person's order; each attempt before the end, and never two."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.autorenewal.engine.attempts import Outcome, Tried, Turn, next_turn
from limosa.domain.autorenewal.engine.declines import outcome_of
from limosa.domain.autorenewal.engine.timetable import slots
from limosa.domain.payments.status_reports import Decline

NOW = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
END = NOW + 4 * DAY
SLOTS = slots(NOW, ends_at=END)
REFUSED = [Outcome.SOFT, Outcome.HARD, Outcome.PAYER]


def turn(*tried: tuple[int, Outcome, float], usable: tuple[int, ...] = (0, 1)) -> Turn | None:
    rows = [Tried(place, NOW + days * DAY, outcome) for place, outcome, days in tried]
    now = rows[-1].begun_at if rows else NOW
    return next_turn(rows, usable=usable, slots=SLOTS, now=now)


def test_the_first_method_that_can_be_charged_is_first() -> None:
    assert turn() == Turn(0, NOW)
    assert turn(usable=(1,)) == Turn(1, NOW)
    assert turn(usable=()) is None


def test_no_money_now_is_attempted_again_a_day_and_three_days_later() -> None:
    assert turn((0, Outcome.SOFT, 0)) == Turn(0, NOW + DAY)
    assert turn((0, Outcome.SOFT, 0), (0, Outcome.SOFT, 1)) == Turn(0, NOW + 3 * DAY)


def test_after_the_last_time_the_next_method_is_charged_at_once() -> None:
    thrice = [(0, Outcome.SOFT, day) for day in (0, 1, 3)]
    assert turn(*thrice) == Turn(1, NOW + 3 * DAY)
    assert turn(*thrice, (1, Outcome.SOFT, 3)) is None


def test_a_dead_card_makes_way_at_once() -> None:
    assert turn((0, Outcome.HARD, 0)) == Turn(1, NOW)
    assert turn((0, Outcome.HARD, 0), (1, Outcome.SOFT, 0)) == Turn(1, NOW + DAY)
    assert turn((0, Outcome.HARD, 0), (1, Outcome.HARD, 0)) is None


def test_where_the_bank_wants_the_person_they_get_a_day() -> None:
    assert turn((0, Outcome.PAYER, 0)) == Turn(1, NOW + DAY)
    assert turn((0, Outcome.PAYER, 0), usable=(0,)) is None


def test_a_removed_method_is_passed_over() -> None:
    assert turn((0, Outcome.SOFT, 0), usable=(1,)) == Turn(1, NOW)


@pytest.mark.parametrize("outcome", [Outcome.OPEN, Outcome.PAID])
def test_nothing_follows_what_is_under_way_or_paid(outcome: Outcome) -> None:
    assert turn((0, Outcome.SOFT, 0), (0, outcome, 1)) is None


def test_what_was_called_off_does_not_count() -> None:
    assert turn((0, Outcome.WITHDRAWN, 0)) == Turn(0, NOW)


@given(outcomes=st.lists(st.sampled_from(REFUSED), min_size=40, max_size=40))
def test_a_cycle_comes_to_an_end_before_its_bundle(outcomes: list[Outcome]) -> None:
    tried: list[Tried] = []
    now = NOW
    for outcome in outcomes:
        following = next_turn(tried, usable=(0, 1, 2), slots=SLOTS, now=now)
        if following is None:
            break
        assert now <= following.at < END
        assert not tried or following.place >= tried[-1].place
        now = following.at
        tried.append(Tried(following.place, now, outcome))
    assert len(tried) <= 3 * 3


def test_every_reason_of_a_refusal_means_something() -> None:
    hard = {reason for reason in Decline if outcome_of(reason) is Outcome.HARD}
    assert hard == {
        Decline.CARD_EXPIRED,
        Decline.DETAILS_WRONG,
        Decline.NOT_SUPPORTED,
        Decline.ACCOUNT_RESTRICTED,
    }
    assert outcome_of("") is outcome_of("insufficient_funds") is Outcome.SOFT
    assert outcome_of("not_authenticated") is Outcome.PAYER
