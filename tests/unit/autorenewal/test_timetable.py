"""Told early enough, charged before the gap, attempted again before service ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.autorenewal.engine.timetable import (
    CHARGED_BEFORE,
    LEAD,
    LEAD_BY_DATA,
    LEAD_EVER_LEAST,
    LEAD_LEAST,
    LEAD_OF_A_YEAR,
    LEAD_OF_A_YEAR_LEAST,
    Timetable,
    by_data,
    bytes_at,
    slots,
    timetable,
)

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
minutes = st.integers(min_value=1, max_value=500 * 24 * 60).map(lambda n: timedelta(minutes=n))


def times(term: timedelta, told_from: timedelta = timedelta(0)) -> Timetable:
    found = timetable(starts_at=START, ends_at=START + term, told_from=START + told_from)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("term", "told_from", "notice", "charge", "least"),
    [
        (30 * DAY, 0 * DAY, 19 * DAY, 26 * DAY, LEAD_LEAST),
        (365 * DAY, 0 * DAY, 341 * DAY, 361 * DAY, LEAD_OF_A_YEAR_LEAST),
        (7 * DAY, 0 * DAY, 0 * DAY, 5.25 * DAY, LEAD_LEAST),
        (3 * DAY, 0 * DAY, 0 * DAY, 2.25 * DAY, 1.125 * DAY),
        (DAY, 0 * DAY, 0 * DAY, 18 * HOUR, 9 * HOUR),
        # Switched on late: at once, and never without an hour to say no.
        (30 * DAY, 28 * DAY, 28 * DAY, 28 * DAY + HOUR, HOUR),
        (30 * DAY, 25 * DAY, 25 * DAY, 26 * DAY, 12 * HOUR),
        (365 * DAY, 355 * DAY, 355 * DAY, 361 * DAY, 3 * DAY),
    ],
)
def test_terms_of_all_lengths(
    term: timedelta, told_from: timedelta, notice: timedelta, charge: timedelta, least: timedelta
) -> None:
    found = times(term, told_from)
    assert (found.notice_at - START, found.charge_at - START) == (notice, charge)
    assert found.least_lead == least


def test_in_the_last_hour_it_is_too_late() -> None:
    end = START + 30 * DAY
    assert timetable(starts_at=START, ends_at=end, told_from=end - HOUR) is None
    assert timetable(starts_at=START, ends_at=end, told_from=end + DAY) is None


def test_who_is_told_late_is_charged_late_and_not_after_the_end() -> None:
    found = times(30 * DAY)
    assert found.charge_after(START + 19 * DAY) == START + 26 * DAY
    assert found.charge_after(START + 25 * DAY) == START + 28 * DAY
    assert found.charge_after(START + 27 * DAY) is None


def test_a_reminder_follows_a_notice_that_is_older_than_two_days() -> None:
    assert times(30 * DAY).remind_at == START + 25 * DAY
    assert times(DAY).remind_at is None


@given(term=minutes, told_from=minutes)
def test_nobody_is_charged_untold_or_after_the_end(term: timedelta, told_from: timedelta) -> None:
    found = timetable(starts_at=START, ends_at=START + term, told_from=START + told_from)
    if found is None:
        assert told_from + LEAD_EVER_LEAST >= term
        return
    assert START + told_from <= found.notice_at < found.charge_at < found.ends_at
    assert found.least_lead >= LEAD_EVER_LEAST
    assert found.charge_at - found.notice_at >= found.least_lead
    assert found.charge_at - found.notice_at <= LEAD_OF_A_YEAR
    is_year = term >= 300 * DAY
    has_time = found.charge_at - (START + told_from) >= (LEAD_OF_A_YEAR if is_year else LEAD)
    if has_time:
        assert found.charge_at - found.notice_at == (LEAD_OF_A_YEAR if is_year else LEAD)
        assert found.least_lead == (LEAD_OF_A_YEAR_LEAST if is_year else LEAD_LEAST)


@given(lead=minutes)
def test_every_attempt_comes_before_the_end(lead: timedelta) -> None:
    made = slots(START, ends_at=START + lead)
    assert made[0] == START
    assert list(made) == sorted(set(made))
    assert all(slot < START + lead for slot in made)


def test_a_months_attempts_are_a_day_and_three_days_later() -> None:
    end = START + CHARGED_BEFORE
    assert [slot - START for slot in slots(START, ends_at=end)] == [0 * DAY, DAY, 3 * DAY]


def test_low_data_is_told_and_charged_earlier_and_never_later_than_by_the_end() -> None:
    dated = timetable(starts_at=START, ends_at=START + 30 * DAY, told_from=START)
    assert dated is not None
    assert by_data(dated, low_at=None, due_at=None) == dated
    low = START + 5 * DAY
    assert by_data(dated, low_at=low, due_at=None) == replace(dated, notice_at=low)
    due = by_data(dated, low_at=low, due_at=low + DAY)
    assert (due.notice_at, due.charge_at, due.least_lead) == (low, low + DAY, LEAD_BY_DATA)
    late = dated.charge_at + DAY
    assert by_data(dated, low_at=late, due_at=late) == replace(dated, least_lead=LEAD_BY_DATA)
    assert due.charge_after(low + DAY) == low + DAY + LEAD_BY_DATA


def test_by_data_goes_by_whole_bytes() -> None:
    assert bytes_at(1000, percent=95) == (800, 950)
    assert bytes_at(3, percent=95) == (2, 2)
