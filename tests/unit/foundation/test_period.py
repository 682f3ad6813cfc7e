"""A bundle ends at a local midnight, never sooner than the validity that was bought."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.period import Validity, ValidityUnit, last_moment

DAY, MONTH = ValidityUnit.DAY, ValidityUnit.MONTH
# Summer time of every kind: none, north, south, by half an hour, at midnight itself.
ZONES = [
    "UTC",
    "America/Los_Angeles",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Havana",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
]
zones = st.sampled_from(ZONES)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
starts = st.timedeltas(timedelta(0), timedelta(days=7300)).map(lambda passed: FIRST + passed)
validities = st.builds(Validity, st.integers(min_value=1, max_value=730), st.just(DAY)) | st.builds(
    Validity, st.integers(min_value=1, max_value=24), st.just(MONTH)
)


@given(starts, validities, zones)
def test_the_end_is_the_first_moment_of_a_local_day(
    start: datetime, validity: Validity, zone: str
) -> None:
    end = validity.end_of(start, time_zone=zone)
    place = ZoneInfo(zone)
    before = (end - timedelta(seconds=1)).astimezone(place).date()
    assert end.utcoffset() == timedelta(0)
    # Where midnight comes twice, the first one counts: the date changes there and goes back.
    assert end.astimezone(place).date() == before + timedelta(days=1)


@given(starts, st.integers(min_value=1, max_value=730), zones)
def test_days_are_whole_days_of_the_calendar_there(start: datetime, count: int, zone: str) -> None:
    place = ZoneInfo(zone)
    local = start.astimezone(place)
    last = (Validity(count, DAY).end_of(start, time_zone=zone)).astimezone(place).date()
    begun = timedelta(days=count + (local.time() != time(0)))
    assert last - local.date() == begun


@given(starts, validities, zones)
def test_nothing_of_what_was_bought_is_cut_off(
    start: datetime, validity: Validity, zone: str
) -> None:
    end = validity.end_of(start, time_zone=zone)
    days_at_least = validity.count if validity.unit is DAY else 28 * validity.count
    # An hour of summer time may be missing from the days that were bought.
    assert end - start >= timedelta(days=days_at_least) - timedelta(hours=1)


@given(starts, validities, zones)
def test_the_exact_end_leaves_out_no_more_than_the_rest_of_the_day(
    start: datetime, validity: Validity, zone: str
) -> None:
    exact = validity.exact_end_of(start, time_zone=zone)
    assert exact.utcoffset() == timedelta(0)
    if validity.unit is DAY:
        assert exact - start == timedelta(days=validity.count)
    shorter = validity.end_of(start, time_zone=zone) - exact
    assert timedelta(hours=-1) <= shorter <= timedelta(hours=25)


@given(starts, st.integers(min_value=0, max_value=10**7), validities, zones)
def test_who_begins_later_never_ends_sooner(
    start: datetime, seconds: int, validity: Validity, zone: str
) -> None:
    later = start + timedelta(seconds=seconds)
    assert validity.end_of(start, time_zone=zone) <= validity.end_of(later, time_zone=zone)


@given(starts, validities, zones)
def test_two_in_a_row_join_without_a_gap(start: datetime, validity: Validity, zone: str) -> None:
    first = validity.end_of(start, time_zone=zone)
    second = validity.end_of(first, time_zone=zone)
    if validity.unit is DAY and first.astimezone(ZoneInfo(zone)).time() == time(0):
        days = second.astimezone(ZoneInfo(zone)).date() - first.astimezone(ZoneInfo(zone)).date()
        assert days == timedelta(days=validity.count)
    assert second > first


@pytest.mark.parametrize(
    ("start", "validity", "last_day"),
    [
        ("2026-01-31T12:00", Validity(1, MONTH), "2026-03-01"),
        ("2028-01-31T12:00", Validity(1, MONTH), "2028-03-01"),
        ("2026-01-31T00:00", Validity(1, MONTH), "2026-02-28"),
        ("2028-01-31T00:00", Validity(1, MONTH), "2028-02-29"),
        ("2026-12-15T12:00", Validity(1, MONTH), "2027-01-16"),
        ("2026-10-31T12:00", Validity(4, MONTH), "2027-03-01"),
        ("2028-02-29T12:00", Validity(12, MONTH), "2029-03-01"),
        ("2026-11-22T23:59:59.999999", Validity(1, DAY), "2026-11-24"),
        ("2026-11-22T00:00", Validity(1, DAY), "2026-11-23"),
        ("2026-03-07T12:00", Validity(1, DAY), "2026-03-09"),  # 23 hours on the 8th
        ("2026-10-31T12:00", Validity(1, DAY), "2026-11-02"),  # 25 hours on the 1st
    ],
)
def test_in_los_angeles(start: str, validity: Validity, last_day: str) -> None:
    place = ZoneInfo("America/Los_Angeles")
    begun = datetime.fromisoformat(start).replace(tzinfo=place)
    end = validity.end_of(begun, time_zone="America/Los_Angeles")
    midnight = datetime.combine(date.fromisoformat(last_day), time(0), tzinfo=place)
    assert end == midnight.astimezone(UTC)


def test_where_midnight_does_not_exist_the_day_begins_at_one() -> None:
    # In Santiago the clocks went from 24:00 to 01:00 on the night to 6 September 2026.
    start = datetime(2026, 9, 4, 18, 0, tzinfo=UTC)
    end = Validity(1, DAY).end_of(start, time_zone="America/Santiago")
    assert end.astimezone(ZoneInfo("America/Santiago")).isoformat() == "2026-09-06T01:00:00-03:00"


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2026-11-25T00:00:00-08:00", "2026-11-24T23:59"),
        ("2026-11-24T14:02:11-08:00", "2026-11-24T14:02"),
        ("2026-11-24T14:02:00-08:00", "2026-11-24T14:01"),
    ],
)
def test_an_end_is_read_as_the_last_minute_before_it(end: str, last: str) -> None:
    assert f"{last_moment(datetime.fromisoformat(end)):%Y-%m-%dT%H:%M}" == last
