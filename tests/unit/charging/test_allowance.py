"""A supplier's calls in a minute are never more than it takes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.charging.engine.allowance import after_call, call_pace

START = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def made(calls_per_minute: int, moments: list[datetime]) -> list[datetime]:
    """Return the moments at which a call is made, of those at which one is wanted."""
    pace, free_at, calls = call_pace(calls_per_minute), None, []
    for moment in moments:
        taken = after_call(free_at, pace=pace, now=moment)
        if taken is not None:
            free_at = taken
            calls.append(moment)
    return calls


@given(
    st.integers(1, 40),
    st.lists(st.integers(0, 4000), min_size=1, max_size=400).map(sorted),
)
def test_no_minute_has_more_calls_than_are_taken(limit: int, wanted: list[int]) -> None:
    calls = made(limit, [START + timedelta(milliseconds=50 * tick) for tick in wanted])
    for begin in calls:
        assert sum(begin <= call < begin + MINUTE for call in calls) <= limit


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7, 60, 480])
def test_who_asks_all_the_time_gets_two_thirds_and_never_more_than_the_limit(limit: int) -> None:
    ticks = [START + timedelta(milliseconds=10 * tick) for tick in range(60_000)]
    calls = made(limit, ticks)
    assert len(calls) >= limit * 10 * 2 // 3
    for begin in calls:
        assert sum(begin <= call < begin + MINUTE for call in calls) <= limit


def test_a_quiet_supplier_takes_some_at_once_and_then_one_at_a_time() -> None:
    assert len(made(60, [START] * 100)) == 11
    assert len(made(60, [START] * 100 + [START + timedelta(seconds=3)] * 100)) == 13
