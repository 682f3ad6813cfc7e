"""What `Retry-After` says. Source: RFC 9110 section 10.2.3."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.http.retry_after import MOST, wait_told

NOW = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999", MOST.total_seconds()),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("Sun, 06 Nov 2094 08:00:00 GMT", MOST.total_seconds()),
    ],
)
def test_it_is_seconds_or_a_date(said: str, seconds: float) -> None:
    assert wait_told({"Retry-After": said}, now=NOW) == timedelta(seconds=seconds)


_YEAR_TOO_LARGE = "Sun, 06 Nov 99999999999 08:00:00 GMT"


@pytest.mark.parametrize("said", ["", "-1", "1.5", "soon", "١٢", "9" * 10, _YEAR_TOO_LARGE])
def test_anything_else_says_nothing(said: str) -> None:
    assert wait_told({"Retry-After": said}, now=NOW) is None
    assert wait_told({}, now=NOW) is None


def test_a_date_is_compared_with_the_clock_of_who_says_it() -> None:
    said = {
        "Retry-After": "Sun, 06 Nov 1994 09:50:37 GMT",
        "Date": "Sun, 06 Nov 1994 09:50:07 GMT",
    }
    assert wait_told(said, now=NOW) == timedelta(seconds=30)


@given(said=st.text(max_size=40), date=st.text(max_size=40))
def test_whatever_it_says_is_bounded(said: str, date: str) -> None:
    wait = wait_told({"Retry-After": said, "Date": date}, now=NOW)
    assert wait is None or timedelta(0) <= wait <= MOST
