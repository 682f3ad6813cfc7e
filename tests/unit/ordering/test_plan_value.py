"""What is left of a plan counts once: never more than was paid, and never what was earned."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.plan_value import (
    BRIDGE_BYTES,
    BRIDGE_TIME,
    NOTHING,
    Value,
    bridge,
    shares_left,
    still_holds,
    value_left,
)
from limosa.domain.ordering.engine.recognition import Progress, recognized_minor
from tests.unit.ordering.test_recognition import END, GB, START, moments, progresses

SOLD = Value(total_minor=2500, tax_minor=169)


@st.composite
def values(draw: st.DrawFn) -> Value:
    total_minor = draw(st.integers(min_value=0, max_value=10**12))
    return Value(
        total_minor=total_minor, tax_minor=draw(st.integers(min_value=0, max_value=total_minor))
    )


def month(used_gb: int = 0, volume_gb: int | None = 20, **fields: object) -> Progress:
    values = {"starts_at": START, "ends_at": END, "is_over": False} | fields
    return Progress(
        used_bytes=used_gb * GB,
        volume_bytes=None if volume_gb is None else volume_gb * GB,
        **values,  # type: ignore[arg-type]
    )


def days(number: float) -> datetime:
    return START + timedelta(days=number)


@given(values(), progresses(), moments)
def test_never_more_than_was_paid_and_never_below_nothing(
    paid: Value, progress: Progress, now: datetime
) -> None:
    left = value_left(paid, progress=progress, now=now)
    assert 0 <= left.tax_minor <= left.total_minor <= paid.total_minor
    assert left.tax_minor <= paid.tax_minor
    assert left.net_minor <= paid.net_minor + 1


@given(values(), progresses(), moments)
def test_what_is_left_and_what_was_earned_are_the_whole_at_most(
    paid: Value, progress: Progress, now: datetime
) -> None:
    left = value_left(paid, progress=progress, now=now)
    earned = recognized_minor(net_minor=paid.net_minor, progress=progress, now=now)
    assert left.net_minor + earned <= paid.net_minor + 1  # The tax is rounded down by a unit.


@given(values(), progresses(), moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_it_only_falls_as_time_passes(
    paid: Value, progress: Progress, now: datetime, passed: timedelta
) -> None:
    before = value_left(paid, progress=progress, now=now)
    after = value_left(paid, progress=progress, now=now + passed)
    assert after.total_minor <= before.total_minor


@given(values(), st.data(), moments)
def test_it_only_falls_as_data_is_used(paid: Value, data: st.DataObject, now: datetime) -> None:
    less, more = sorted(data.draw(st.tuples(*[st.integers(min_value=0, max_value=20)] * 2)))
    before = value_left(paid, progress=month(less), now=now)
    after = value_left(paid, progress=month(more), now=now)
    assert after.total_minor <= before.total_minor


@given(values(), progresses())
def test_nothing_is_left_at_the_end(paid: Value, progress: Progress) -> None:
    if progress.is_over or progress.ends_at is not None:
        assert value_left(paid, progress=progress, now=END) == NOTHING


@pytest.mark.parametrize(
    ("progress", "now", "expected"),
    [
        pytest.param(month(), days(0), 2500, id="all of it before it begins"),
        pytest.param(month(), days(-5), 2500, id="all of it while it is queued"),
        pytest.param(month(5), days(0), 1875, id="three quarters of the data"),
        pytest.param(month(), days(10), 1666, id="two thirds of the time, rounded down"),
        pytest.param(month(5), days(15), 1250, id="of both, the lesser: the time"),
        pytest.param(month(15), days(3), 625, id="of both, the lesser: the data"),
        pytest.param(month(volume_gb=None), days(15), 1250, id="unlimited: by its time alone"),
        pytest.param(month(20), days(1), 0, id="none once it is used up"),
        pytest.param(month(), days(30), 0, id="none at its end"),
        pytest.param(month(is_over=True), days(1), 0, id="none once it is over"),
        pytest.param(
            month(4, starts_at=None, ends_at=None), days(9), 2000, id="not begun: by its data"
        ),
    ],
)
def test_what_is_left_of_a_month(progress: Progress, now: datetime, expected: int) -> None:
    assert value_left(SOLD, progress=progress, now=now).total_minor == expected


def test_nothing_was_paid_so_nothing_is_left() -> None:
    assert value_left(NOTHING, progress=month(), now=days(1)) == NOTHING


def test_the_tax_is_its_share_of_what_is_left() -> None:
    assert value_left(SOLD, progress=month(10), now=days(0)) == Value(
        total_minor=1250, tax_minor=84
    )


def test_an_unlimited_plan_has_no_share_of_data() -> None:
    shares = shares_left(month(volume_gb=None), now=days(15))
    assert shares.data is None
    assert shares.lesser == shares.time


@pytest.mark.parametrize(
    ("shown", "left", "holds"),
    [
        (2000, 2000, True),
        (2000, 2100, True),
        (2000, 1750, True),
        (2000, 1749, False),
        (2000, 0, False),
        (2500, 2500, True),
        (2501, 2500, False),
        (0, 0, False),
    ],
)
def test_a_tenth_may_be_used_before_it_is_paid(shown: int, left: int, *, holds: bool) -> None:
    assert still_holds(shown, left=SOLD.part(left), paid=SOLD, rest_minor=900) is holds


@pytest.mark.parametrize(("rest", "left", "holds"), [(0, 2500, True), (0, 2499, False)])
def test_no_more_is_given_away_than_is_paid(rest: int, left: int, *, holds: bool) -> None:
    assert still_holds(2500, left=SOLD.part(left), paid=SOLD, rest_minor=rest) is holds


def test_who_pays_a_little_gets_a_little() -> None:
    assert still_holds(2000, left=SOLD.part(1990), paid=SOLD, rest_minor=10)
    assert not still_holds(2000, left=SOLD.part(1989), paid=SOLD, rest_minor=10)


@pytest.mark.parametrize("volume_gb", [20, None])
def test_a_bridge_keeps_a_little_data_for_three_days(volume_gb: int | None) -> None:
    kept = bridge(month(5, volume_gb=volume_gb), ends_at=END, now=days(3))
    assert (kept.volume_bytes, kept.ends_at) == (5 * GB + BRIDGE_BYTES, days(3) + BRIDGE_TIME)


def test_a_bridge_gives_no_more_than_there_is() -> None:
    kept = bridge(month(20), ends_at=END, now=days(29))
    assert (kept.volume_bytes, kept.ends_at) == (20 * GB, END)
