"""Revenue is earned by use or by time, whichever is more: never back, and never more than all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.recognition import Progress, recognized_minor

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=30)
GB = 10**9
nets = st.integers(min_value=0, max_value=10**12)
moments = st.timedeltas(timedelta(days=-40), timedelta(days=90)).map(lambda passed: START + passed)
volumes = st.none() | st.integers(min_value=1, max_value=10**13)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    volume_bytes = draw(volumes)
    most = 10**13 if volume_bytes is None else volume_bytes
    is_dated = draw(st.booleans())
    return Progress(
        used_bytes=draw(st.integers(min_value=0, max_value=most)),
        volume_bytes=volume_bytes,
        starts_at=START if is_dated else None,
        ends_at=END if is_dated else None,
        is_over=draw(st.booleans()),
    )


@given(nets, progresses(), moments)
def test_what_is_earned_is_between_nothing_and_all(
    net_minor: int, progress: Progress, now: datetime
) -> None:
    assert 0 <= recognized_minor(net_minor=net_minor, progress=progress, now=now) <= net_minor


@given(nets, volumes, moments, st.data())
def test_it_only_grows(
    net_minor: int, volume_bytes: int | None, now: datetime, data: st.DataObject
) -> None:
    most = 10**13 if volume_bytes is None else volume_bytes
    used = sorted(data.draw(st.tuples(*[st.integers(min_value=0, max_value=most)] * 2)))
    passed = data.draw(st.timedeltas(timedelta(0), timedelta(days=60)))
    before, after = (
        recognized_minor(
            net_minor=net_minor,
            progress=Progress(
                used_bytes=used_bytes,
                volume_bytes=volume_bytes,
                starts_at=START,
                ends_at=END,
                is_over=False,
            ),
            now=moment,
        )
        for used_bytes, moment in zip(used, (now, now + passed), strict=True)
    )
    assert before <= after


@given(nets, progresses())
def test_all_of_it_is_earned_at_the_end(net_minor: int, progress: Progress) -> None:
    earned = recognized_minor(net_minor=net_minor, progress=progress, now=END)
    if progress.is_over or progress.ends_at is not None:
        assert earned == net_minor


@pytest.mark.parametrize(
    ("used_gb", "volume_gb", "days", "expected"),
    [
        (0, 20, 0, 0),
        (0, 20, -1, 0),
        (5, 20, 0, 750),  # a quarter of the volume
        (5, 20, 15, 1500),  # half of the days is more
        (15, 20, 15, 2250),  # three quarters of the volume is more
        (0, None, 10, 1000),  # unlimited: by days alone
        (500, None, 10, 1000),
        (0, 20, 31, 3000),
    ],
)
def test_of_thirty_dollars(used_gb: int, volume_gb: int | None, days: int, expected: int) -> None:
    progress = Progress(
        used_bytes=used_gb * GB,
        volume_bytes=None if volume_gb is None else volume_gb * GB,
        starts_at=START,
        ends_at=END,
        is_over=False,
    )
    now = START + timedelta(days=days)
    assert recognized_minor(net_minor=3000, progress=progress, now=now) == expected


def test_a_bundle_that_waits_for_its_first_use_has_earned_nothing() -> None:
    waiting = Progress(
        used_bytes=0, volume_bytes=20 * GB, starts_at=None, ends_at=None, is_over=False
    )
    later = START + timedelta(days=100)
    assert recognized_minor(net_minor=3000, progress=waiting, now=later) == 0


@pytest.mark.parametrize(("starts_at", "ends_at"), [(START, None), (None, END)])
def test_without_a_start_or_an_end_only_the_volume_counts(
    starts_at: datetime | None, ends_at: datetime | None
) -> None:
    progress = Progress(
        used_bytes=5 * GB, volume_bytes=20 * GB, starts_at=starts_at, ends_at=ends_at, is_over=False
    )
    assert recognized_minor(net_minor=3000, progress=progress, now=END) == 750
