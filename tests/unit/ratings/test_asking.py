"""All buyers are asked at the same moment of their bundle's life, whatever they did with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ratings.engine.asking import (
    ASKED_WITHIN,
    LOOKED_AT_EVERY,
    MOVED_BYTES_MIN,
    Course,
    Deed,
    asked_at,
    what_to_do,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def course(**fields: object) -> Course:
    defaults = {
        "starts_at": START,
        "ends_at": START + 30 * DAY,
        "ended_at": None,
        "used_bytes": MOVED_BYTES_MIN,
        "is_returned": False,
    }
    return Course(**(defaults | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "day", "deed"),
    [
        ({}, 14.9, Deed.WAIT),
        ({}, 15, Deed.ASK),
        ({}, 15 + 30, Deed.ASK),
        ({}, 15 + 30.1, Deed.LEAVE),
        ({"ended_at": START + 2 * DAY}, 2, Deed.ASK),
        ({"ended_at": START + 2 * DAY}, 1.9, Deed.WAIT),
        ({"used_bytes": MOVED_BYTES_MIN - 1}, 20, Deed.WAIT),
        ({"used_bytes": 0}, 46, Deed.LEAVE),
        ({"used_bytes": 10**12}, 14.9, Deed.WAIT),
        ({"is_returned": True}, 15, Deed.LEAVE),
        ({"starts_at": None, "ends_at": None}, 100, Deed.WAIT),
        ({"starts_at": None, "ends_at": None, "ended_at": START}, 40, Deed.LEAVE),
    ],
)
def test_who_is_asked_when(case: dict[str, object], day: float, deed: Deed) -> None:
    assert what_to_do(course(**case), now=START + day * DAY)[0] is deed


def test_who_waits_is_looked_at_again_at_the_moment_itself_or_soon() -> None:
    assert what_to_do(course(), now=START)[1] == START + 15 * DAY
    later = START + 16 * DAY
    assert what_to_do(course(used_bytes=0), now=later)[1] == later + LOOKED_AT_EVERY


@given(
    days=st.integers(1, 365),
    ended=st.none() | st.floats(0.1, 365),
    used=st.integers(0, 10**12),
    hours=st.integers(0, 24 * 500),
)
def test_the_moment_hangs_on_time_alone(
    days: int, ended: float | None, used: int, hours: int
) -> None:
    end = None if ended is None else START + ended * DAY
    mine = course(ends_at=START + days * DAY, ended_at=end, used_bytes=used)
    now = START + timedelta(hours=hours)
    deed, again_at = what_to_do(mine, now=now)
    moment = asked_at(mine)
    assert moment is not None
    assert moment <= START + days * DAY / 2
    if deed is Deed.ASK:
        assert moment <= now <= moment + ASKED_WITHIN
        assert used >= MOVED_BYTES_MIN
    if deed is Deed.WAIT:
        assert again_at > now
