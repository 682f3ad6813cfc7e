"""When use is asked for: denser near the end, never sooner than a supplier can have counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.charging.engine.asking import LEAST, MOST, Course, next_ask, spread_of

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
GB = 10**9
ages = st.none() | st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(hours=24))
courses = st.builds(
    Course,
    left_bytes=st.none() | st.integers(0, 100 * GB),
    bytes_per_hour=st.integers(0, 10 * GB),
    ends_at=st.none() | st.integers(-1, 60 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
    as_of=st.none() | st.integers(0, 48 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    changed_at=st.none() | st.integers(0, 99).map(lambda hours: NOW - timedelta(hours=hours)),
)
spreads = st.integers(0, 10**9).map(spread_of)


def wait(course: Course, *, usage_age: timedelta | None = None, spread: float = 0) -> timedelta:
    return next_ask(course, usage_age=usage_age, spread=spread, now=NOW) - NOW


@given(courses, ages, spreads)
def test_it_is_asked_for_again_and_not_at_once(
    course: Course, usage_age: timedelta | None, spread: float
) -> None:
    waits = wait(course, usage_age=usage_age, spread=spread)
    assert LEAST <= waits <= max(MOST, usage_age or MOST)


@given(courses, ages, st.integers(0, 100 * GB), st.integers(0, 10 * GB))
def test_less_data_or_a_faster_pace_is_not_asked_for_later(
    course: Course, usage_age: timedelta | None, less: int, faster: int
) -> None:
    left = None if course.left_bytes is None else max(course.left_bytes - less, 0)
    nearer = replace(course, left_bytes=left, bytes_per_hour=course.bytes_per_hour + faster)
    assert wait(nearer, usage_age=usage_age) <= wait(course, usage_age=usage_age)


@given(courses, ages, st.integers(0, 1000))
def test_a_nearer_end_is_not_asked_for_later(
    course: Course, usage_age: timedelta | None, hours: int
) -> None:
    end = course.ends_at or NOW + timedelta(days=90)
    nearer = replace(course, ends_at=end - timedelta(hours=hours))
    assert wait(nearer, usage_age=usage_age) <= wait(course, usage_age=usage_age)


@given(courses, ages, spreads)
def test_the_supplier_has_counted_since_or_should_have(
    course: Course, usage_age: timedelta | None, spread: float
) -> None:
    at = NOW + wait(course, usage_age=usage_age, spread=spread)
    if usage_age is not None and course.as_of is not None:
        assert at >= course.as_of + usage_age


@given(courses, spreads)
def test_a_spread_only_brings_it_forward_and_by_a_tenth_at_most(
    course: Course, spread: float
) -> None:
    assert wait(course) * 0.9 <= wait(course, spread=spread) <= wait(course)


def test_what_runs_out_in_two_hours_is_asked_for_in_half_an_hour() -> None:
    course = Course(
        left_bytes=2 * GB, bytes_per_hour=GB, ends_at=NOW + timedelta(days=20), as_of=NOW
    )
    assert wait(course) == timedelta(minutes=30)
    assert wait(course, usage_age=timedelta(hours=3)) == timedelta(hours=3)


def test_what_was_just_bought_is_asked_for_soon_and_what_lies_unused_each_six_hours() -> None:
    for age, expected in ((timedelta(0), LEAST), (timedelta(hours=2), timedelta(minutes=30))):
        assert wait(Course(changed_at=NOW - age)) == expected
    assert wait(Course(changed_at=NOW - timedelta(days=90))) == MOST


def test_neighbours_are_spread_over_the_whole_range() -> None:
    spreads = sorted(spread_of(number) for number in range(1000))
    assert spreads[0] < 0.01
    assert spreads[-1] > 0.99
    assert max(b - a for a, b in pairwise(spreads)) < 0.01
