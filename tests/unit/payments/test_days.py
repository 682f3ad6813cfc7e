"""A provider's day ends at its own midnight, also where clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.engine.days import is_over, span

ZONES = [
    "Asia/Shanghai",
    "UTC",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "America/Havana",  # The clock goes back at one in the morning.
    "Africa/Cairo",  # The clock skips midnight.
    "America/Sao_Paulo",  # It did, and went back at midnight, until 2019.
]
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 1, 1))


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Shanghai", "2026-11-21T16:00:00+00:00"),
        ("UTC", "2026-11-22T00:00:00+00:00"),
        ("America/Los_Angeles", "2026-11-22T08:00:00+00:00"),
    ],
)
def test_a_day_is_over_at_midnight_and_not_a_second_before(zone: str, midnight: str) -> None:
    day, ends = date(2026, 11, 21), datetime.fromisoformat(midnight)
    assert not is_over(day, zone=zone, at=ends - timedelta(seconds=1))
    assert is_over(day, zone=zone, at=ends)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)],
)
def test_a_day_on_which_clocks_change_is_shorter_or_longer(day: str, hours: int) -> None:
    begins, ends = span(date.fromisoformat(day), zone="America/Los_Angeles")
    assert ends - begins == timedelta(hours=hours)


@given(DAYS, st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    begins, ends = span(day, zone=zone)
    assert span(day + timedelta(days=1), zone=zone)[0] == ends
    assert begins.astimezone(ZoneInfo(zone)).date() == day


@given(DAYS, st.sampled_from(ZONES), st.integers(-3 * 86400, 3 * 86400))
def test_a_day_is_over_just_when_its_span_is(day: date, zone: str, seconds: int) -> None:
    ends = span(day, zone=zone)[1]
    at = ends + timedelta(seconds=seconds)
    assert is_over(day, zone=zone, at=at) == (at >= ends)


def test_the_last_day_that_can_be_written_is_not_over() -> None:
    assert not is_over(date.max, zone="Asia/Shanghai", at=datetime(2026, 11, 21, tzinfo=UTC))
