"""An estimate begins at the reading, widens with its age, and never leaves what is possible."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.charging.engine.estimate import (
    Counted,
    UsePace,
    left_now,
    untold_lag,
    use_pace,
    warned_at,
)

AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
GB = 10**9
lefts = st.integers(0, 100 * GB)
paces = st.tuples(st.integers(0, GB), st.integers(0, GB)).map(
    lambda two: UsePace(usual=min(two), most=max(two))
)
ages = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10))


@given(lefts, paces, ages, ages)
def test_it_lies_in_its_range_and_the_range_in_what_the_reading_left(
    left: int, pace: UsePace, age: timedelta, lag: timedelta
) -> None:
    found = left_now(left_bytes=left, pace=pace, age=age, lag=lag)
    assert 0 <= found.least_bytes <= found.likely_bytes <= found.most_bytes == left


@given(lefts, paces, ages, ages)
def test_the_range_widens_with_the_age(
    left: int, pace: UsePace, age: timedelta, older: timedelta
) -> None:
    young = left_now(left_bytes=left, pace=pace, age=age)
    old = left_now(left_bytes=left, pace=pace, age=age + older)
    assert old.least_bytes <= young.least_bytes
    assert old.likely_bytes <= young.likely_bytes


@given(lefts, paces)
def test_a_reading_of_this_moment_is_no_estimate(left: int, pace: UsePace) -> None:
    found = left_now(left_bytes=left, pace=pace, age=timedelta(0))
    assert found.least_bytes == found.likely_bytes == left


points = st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 10 * GB)), min_size=1, max_size=8
).map(lambda rows: [Counted(AT + timedelta(minutes=m), used) for m, used in sorted(rows)])


@given(points, st.none() | st.just(AT - timedelta(hours=1)))
def test_no_pace_is_below_nothing_and_the_usual_is_not_above_the_most(
    counted: list[Counted], since: datetime | None
) -> None:
    pace = use_pace(counted, since=since)
    assert 0 <= pace.usual <= pace.most


def test_the_pace_is_that_of_the_last_readings_and_the_most_of_the_fastest_step() -> None:
    counted = [
        Counted(AT, 0),
        Counted(AT + timedelta(hours=1), GB),
        Counted(AT + timedelta(hours=4), GB),
    ]
    assert use_pace(counted, since=None) == UsePace(usual=GB // 4, most=GB)


def test_a_counter_that_begins_anew_is_no_step() -> None:
    counted = [
        Counted(AT, 9 * GB),
        Counted(AT + timedelta(hours=1), GB),
        Counted(AT + timedelta(hours=2), 2 * GB),
    ]
    assert use_pace(counted, since=None) == UsePace(usual=GB, most=GB)


def test_one_reading_goes_by_the_time_since_the_bundle_began() -> None:
    counted = [Counted(AT, GB)]
    assert use_pace(counted, since=AT - timedelta(hours=10)).usual == GB // 10
    assert use_pace(counted, since=None) == UsePace()


@given(paces, st.integers(0, 20 * GB), st.integers(1, 20 * GB), ages)
def test_a_warning_comes_when_the_range_reaches_the_threshold_and_sooner_for_an_older_count(
    pace: UsePace, used: int, threshold: int, lag: timedelta
) -> None:
    counted = Counted(AT, used)
    at = warned_at(counted=counted, threshold_bytes=threshold, pace=pace)
    if at is None:
        return
    left = left_now(left_bytes=40 * GB, pace=pace, age=at - AT)
    assert abs(40 * GB - left.least_bytes + used - threshold) <= GB // 10**3
    lagging = warned_at(counted=counted, threshold_bytes=threshold, pace=pace, lag=lag)
    assert lagging is not None
    assert AT <= lagging <= at


def test_what_is_known_to_be_used_and_what_is_not_used_at_all_warns_nobody() -> None:
    pace = UsePace(usual=1, most=GB)
    assert warned_at(counted=Counted(AT, GB), threshold_bytes=GB, pace=pace) is None
    assert warned_at(counted=Counted(AT, 0), threshold_bytes=GB, pace=UsePace()) is None


def test_a_count_that_bears_the_time_of_our_question_may_be_as_old_as_any() -> None:
    age = timedelta(hours=3)
    assert untold_lag(as_of=AT, received_at=AT, usage_age=age) == age
    told = AT - timedelta(hours=1)
    assert untold_lag(as_of=told, received_at=AT, usage_age=age) == timedelta(0)
    assert untold_lag(as_of=AT, received_at=AT, usage_age=None) == timedelta(0)
