"""Occasions stand where the calendar has them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.promotions.engine.occasions import AHEAD, KEYS, occasions


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("thanksgiving-2026", date(2026, 11, 26)),
        ("christmas-2026", date(2026, 12, 25)),
        ("lunar-new-year-2027", date(2027, 2, 6)),
        ("labour-day-2027", date(2027, 5, 1)),
        ("dragon-boat-2027", date(2027, 6, 9)),
        ("mid-autumn-2027", date(2027, 9, 15)),
        ("golden-week-2027", date(2027, 10, 1)),
        ("singles-day-2027", date(2027, 11, 11)),
    ],
)
def test_each_is_on_its_day(code: str, day: date) -> None:
    (found,) = [one for one in occasions(date(2026, 11, 22)) if one.code == code]
    assert found.day == day
    assert found.first_day <= day <= found.last_day


def test_what_goes_on_today_is_there_until_its_last_day() -> None:
    last = date(2026, 11, 30)
    assert "thanksgiving-2026" in [one.code for one in occasions(last)]
    assert "thanksgiving-2026" not in [one.code for one in occasions(last + timedelta(days=1))]


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)))
def test_they_come_once_a_year_in_order(today: date) -> None:
    found = occasions(today)
    # From one Lunar New Year to the next it may be thirteen months.
    assert {"singles-day", "christmas"} <= {one.key for one in found} <= set(KEYS)
    assert found == sorted(found, key=lambda one: (one.first_day, one.key))
    assert len({one.code for one in found}) == len(found)
    assert all(one.day <= today + AHEAD and one.last_day >= today for one in found)
