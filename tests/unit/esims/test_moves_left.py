"""How often an eSIM may be moved: every move that was begun in the period counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.esims.engine.move_life import (
    REPORT_GRACE,
    MoveLimit,
    moves_left,
    waits_until,
)

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
LIMIT = MoveLimit(most=3, period=timedelta(days=30))


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=count) for count in days]


@pytest.mark.parametrize(
    ("downloaded", "until"),
    [
        (None, timedelta(0)),
        (-timedelta(days=3), timedelta(0)),
        (-REPORT_GRACE, timedelta(0)),
        (-timedelta(minutes=1), REPORT_GRACE - timedelta(minutes=1)),
        (timedelta(0), REPORT_GRACE),
        (timedelta(minutes=50), REPORT_GRACE),  # Downloads do not put it off for ever.
    ],
)
def test_a_download_at_the_last_moment_has_an_hour(
    downloaded: timedelta | None, until: timedelta
) -> None:
    at = None if downloaded is None else NOW + downloaded
    assert waits_until(expires_at=NOW, downloaded_at=at) == NOW + until


def test_what_was_never_moved_has_all() -> None:
    assert moves_left([], limit=LIMIT, now=NOW).count == 3


def test_those_of_the_period_count() -> None:
    assert moves_left(days_ago(1, 29.9, 30, 31), limit=LIMIT, now=NOW).count == 1


def test_none_is_left_until_the_oldest_leaves_the_period() -> None:
    left = moves_left(days_ago(2, 10, 20, 40), limit=LIMIT, now=NOW)
    assert left.count == 0
    assert left.next_at == NOW + timedelta(days=10)


def test_more_than_a_lowered_limit_wait_until_enough_have_left() -> None:
    left = moves_left(days_ago(1, 2, 3, 4, 5), limit=LIMIT, now=NOW)
    assert left.next_at == NOW + timedelta(days=27)


@given(
    days=st.lists(st.floats(min_value=0, max_value=90), max_size=12),
    most=st.integers(min_value=1, max_value=6),
)
def test_when_it_says_so_one_may_be_begun_and_not_before(days: list[float], most: int) -> None:
    limit = MoveLimit(most=most, period=timedelta(days=30))
    begun = days_ago(*days)
    left = moves_left(begun, limit=limit, now=NOW)
    assert (left.count == 0) == (left.next_at is not None)
    if left.next_at is not None:
        assert left.next_at > NOW
        before = left.next_at - timedelta(microseconds=1)
        assert moves_left(begun, limit=limit, now=before).count == 0
        assert moves_left(begun, limit=limit, now=left.next_at).count > 0
