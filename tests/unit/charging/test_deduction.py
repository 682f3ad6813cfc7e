"""Bytes that were used come from a bundle or are an overrun: none is lost, none is given twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.charging.engine.deduction import (
    Bucket,
    BucketState,
    Deduction,
    FinalUnitAction,
    crossed,
    deduct,
)
from limosa.foundation.period import Validity, ValidityUnit

AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ACTIVE, QUEUED = BucketState.ACTIVE, BucketState.QUEUED
EXHAUSTED, EXPIRED = BucketState.EXHAUSTED, BucketState.EXPIRED
MONTH = Validity(1, ValidityUnit.MONTH)
volumes = st.integers(min_value=1, max_value=1000)
uses = st.integers(min_value=0, max_value=3000)


def at_hours(hours: int | None) -> datetime | None:
    return None if hours is None else AT + timedelta(hours=hours)


@st.composite
def buckets(draw_one: st.DrawFn, bucket_id: int, *, is_unlimited: bool) -> Bucket:
    """An open bundle as the tables allow it: running, dated, or waiting for its first byte."""
    volume = None if is_unlimited else draw_one(volumes)
    kind = draw_one(st.sampled_from(["running", "dated", "first_use"]))
    start = draw_one(st.integers(min_value=-200, max_value=-1 if kind == "running" else 200))
    is_dated = kind != "first_use"
    used = st.integers(min_value=0, max_value=500 if volume is None else volume - 1)
    return Bucket(
        id=bucket_id,
        state=ACTIVE if kind == "running" else QUEUED,
        volume_bytes=volume,
        fair_use_bytes=500 if volume is None else None,
        used_bytes=draw_one(used) if kind == "running" else 0,
        starts_at=at_hours(start) if is_dated else None,
        ends_at=at_hours(start + draw_one(st.integers(1, 400))) if is_dated else None,
        first_use_validity=None if is_dated else MONTH,
        first_use_before=None if is_dated else at_hours(draw_one(st.integers(-50, 500))),
    )


@st.composite
def esims(draw_one: st.DrawFn, *, may_be_unlimited: bool = True) -> list[Bucket]:
    number = draw_one(st.integers(min_value=0, max_value=5))
    return [
        draw_one(buckets(bucket_id, is_unlimited=may_be_unlimited and draw_one(st.booleans())))
        for bucket_id in range(number)
    ]


def drawn(of: list[Bucket], used_bytes: int, *, at: datetime = AT) -> Deduction:
    return deduct(of, used_bytes=used_bytes, at=at, time_zone="America/Los_Angeles")


@given(esims(), uses)
def test_every_byte_is_drawn_or_an_overrun(of: list[Bucket], used_bytes: int) -> None:
    result = drawn(of, used_bytes)
    assert sum(result.deductions.values()) + result.overrun_bytes == used_bytes
    assert all(taken > 0 for taken in result.deductions.values())
    assert result.overrun_bytes >= 0


@given(esims(), uses)
def test_a_bundle_gives_what_its_counter_says_and_no_more_than_it_has(
    of: list[Bucket], used_bytes: int
) -> None:
    result = drawn(of, used_bytes)
    assert [bucket.id for bucket in result.buckets] == [bucket.id for bucket in of]
    for before, after in zip(of, result.buckets, strict=True):
        assert after.used_bytes - before.used_bytes == result.deductions.get(after.id, 0)
        assert after.room_bytes is None or after.room_bytes >= 0
        assert (after.state is EXHAUSTED) == (after.room_bytes == 0)


@given(esims(), uses)
def test_there_is_an_overrun_only_when_nobody_has_anything_left(
    of: list[Bucket], used_bytes: int
) -> None:
    result = drawn(of, used_bytes)
    if result.overrun_bytes:
        assert all(bucket.state in {EXHAUSTED, EXPIRED} for bucket in result.buckets)
        assert result.final_unit_action is FinalUnitAction.REDIRECT


@given(esims(), uses)
def test_what_is_over_gives_nothing(of: list[Bucket], used_bytes: int) -> None:
    result = drawn(of, used_bytes)
    for before, after in zip(of, result.buckets, strict=True):
        is_over = before.ends_at is not None and before.ends_at <= AT
        is_late = before.starts_at is None and (before.first_use_before or AT) <= AT
        assert (after.state is EXPIRED) == (is_over or is_late)
        if after.state is EXPIRED:
            assert after == before or after.used_bytes == before.used_bytes


@given(esims(), st.integers(min_value=1, max_value=1500), uses)
def test_it_does_not_matter_how_the_use_is_cut_into_records(
    of: list[Bucket], first: int, second: int
) -> None:
    whole = drawn(of, first + second)
    one = drawn(of, first)
    # What is used up or over is not read again for the next record.
    still_open = [bucket for bucket in one.buckets if bucket.state in {ACTIVE, QUEUED}]
    other = drawn(still_open, second)
    assert Counter(one.deductions) + Counter(other.deductions) == Counter(whole.deductions)
    assert one.overrun_bytes + other.overrun_bytes == whole.overrun_bytes
    assert other.remaining_bytes == whole.remaining_bytes


@given(esims(may_be_unlimited=False), uses)
def test_what_is_left_is_what_there_was_less_what_was_used(
    of: list[Bucket], used_bytes: int
) -> None:
    before, after = drawn(of, 0).remaining_bytes, drawn(of, used_bytes).remaining_bytes
    assert before is not None
    assert after == max(before - used_bytes, 0)


@given(esims())
def test_a_question_begins_no_bundle_that_waits_for_its_first_byte(of: list[Bucket]) -> None:
    for before, after in zip(of, drawn(of, 0).buckets, strict=True):
        if before.first_use_validity is not None:
            assert after.state in {QUEUED, EXPIRED}
            assert after.ends_at is None


def running(bucket_id: int, left: int, ends: int | None = 24) -> Bucket:
    return Bucket(
        id=bucket_id,
        state=ACTIVE,
        volume_bytes=100,
        used_bytes=100 - left,
        starts_at=at_hours(-24),
        ends_at=at_hours(ends),
    )


def waiting(bucket_id: int, starts: int = 24) -> Bucket:
    return Bucket(
        id=bucket_id,
        state=QUEUED,
        volume_bytes=100,
        starts_at=at_hours(starts),
        ends_at=at_hours(starts + 720),
    )


def for_first_use(bucket_id: int, before: int = 24) -> Bucket:
    return Bucket(
        id=bucket_id,
        state=QUEUED,
        volume_bytes=100,
        first_use_validity=MONTH,
        first_use_before=at_hours(before),
    )


def unlimited(bucket_id: int, used: int) -> Bucket:
    return Bucket(
        id=bucket_id,
        state=ACTIVE,
        volume_bytes=None,
        fair_use_bytes=50,
        used_bytes=used,
        starts_at=at_hours(-24),
        ends_at=at_hours(24),
    )


A, Q, X, Z = ACTIVE, QUEUED, EXHAUSTED, EXPIRED


@pytest.mark.parametrize(
    ("of", "used_bytes", "states", "deductions", "overrun_bytes", "action"),
    [
        pytest.param([], 5, [], {}, 5, "redirect", id="no bundle at all"),
        pytest.param([running(1, 30)], 10, [A], {1: 10}, 0, "none", id="enough"),
        pytest.param([running(1, 30)], 30, [X], {1: 30}, 0, "redirect", id="to the last byte"),
        pytest.param([running(1, 30)], 40, [X], {1: 30}, 10, "redirect", id="a late stop"),
        pytest.param(
            [running(1, 30, 48), running(2, 30, 24)],
            40,
            [A, X],
            {2: 30, 1: 10},
            0,
            "none",
            id="the one that ends first gives first",
        ),
        pytest.param(
            [running(1, 30, None), running(2, 30, 24)],
            10,
            [A, A],
            {2: 10},
            0,
            "none",
            id="the one without an end gives last",
        ),
        pytest.param(
            [running(1, 30), running(2, 30)], 10, [A, A], {1: 10}, 0, "none", id="else the oldest"
        ),
        pytest.param(
            [running(1, 30), waiting(2)], 10, [A, Q], {1: 10}, 0, "none", id="the queue waits"
        ),
        pytest.param(
            [running(1, 30), waiting(2)],
            30,
            [X, A],
            {1: 30},
            0,
            "none",
            id="the next one takes over at the last byte",
        ),
        pytest.param(
            [running(1, 30), waiting(2), waiting(3, 48)],
            140,
            [X, X, A],
            {1: 30, 2: 100, 3: 10},
            0,
            "none",
            id="through the whole queue",
        ),
        pytest.param(
            [running(1, 30, 0), waiting(2)],
            10,
            [Z, A],
            {2: 10},
            0,
            "none",
            id="one that is over gives nothing, and the queue begins with the first byte",
        ),
        pytest.param(
            [waiting(1, -1)], 0, [A], {}, 0, "none", id="its time has come, nothing was used"
        ),
        pytest.param([waiting(1)], 0, [Q], {}, 0, "none", id="its time has not come"),
        pytest.param(
            [running(1, 30), for_first_use(2)],
            30,
            [X, Q],
            {1: 30},
            0,
            "none",
            id="one that waits for its first byte is not begun by the last byte before it",
        ),
        pytest.param([for_first_use(1)], 1, [A], {1: 1}, 0, "none", id="the first byte begins it"),
        pytest.param(
            [for_first_use(1, 0)], 1, [Z], {}, 1, "redirect", id="the first byte came too late"
        ),
        pytest.param([unlimited(1, 0)], 49, [A], {1: 49}, 0, "none", id="unlimited, fast"),
        pytest.param([unlimited(1, 0)], 50, [A], {1: 50}, 0, "throttle", id="the fair use is over"),
        pytest.param(
            [unlimited(1, 60), running(2, 30, 48)],
            5,
            [A, A],
            {1: 5},
            0,
            "none",
            id="not slowed down while another one runs",
        ),
    ],
)
def test_a_story(
    of: list[Bucket],
    used_bytes: int,
    states: list[BucketState],
    deductions: dict[int, int],
    overrun_bytes: int,
    action: str,
) -> None:
    result = drawn(of, used_bytes)
    assert [bucket.state for bucket in result.buckets] == states
    assert (result.deductions, result.overrun_bytes) == (deductions, overrun_bytes)
    assert result.final_unit_action == action


def test_the_first_byte_decides_the_time() -> None:
    [bucket] = drawn([for_first_use(1)], 1).buckets
    # A month from the 22nd, to the midnight in Los Angeles after it.
    assert (bucket.starts_at, bucket.ends_at) == (AT, datetime(2026, 12, 23, 8, 0, tzinfo=UTC))


def test_one_that_takes_over_early_keeps_the_end_that_was_promised() -> None:
    queued = waiting(2)
    [_, begun] = drawn([running(1, 30), queued], 31).buckets
    assert (begun.starts_at, begun.ends_at) == (AT, queued.ends_at)


@pytest.mark.parametrize(
    ("of", "remaining"),
    [
        ([], 0),
        ([running(1, 30), waiting(2)], 130),
        ([running(1, 30), unlimited(2, 0)], None),
        ([running(1, 30, 0)], 0),
    ],
)
def test_what_is_left_counts_the_queue(of: list[Bucket], remaining: int | None) -> None:
    assert drawn(of, 0).remaining_bytes == remaining


percents = st.lists(st.integers(min_value=1, max_value=100), max_size=5)
counts = st.integers(min_value=0, max_value=10**13)


@given(counts, counts, counts, st.integers(min_value=1, max_value=10**13), percents)
def test_a_threshold_is_crossed_once_however_the_use_is_cut(
    start: int, first: int, second: int, whole_bytes: int, thresholds: list[int]
) -> None:
    def cross(before: int, after: int) -> list[int]:
        return crossed(
            before_bytes=before, after_bytes=after, whole_bytes=whole_bytes, thresholds=thresholds
        )

    middle, end = start + first, start + first + second
    assert cross(start, middle) + cross(middle, end) == cross(start, end)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 79, []),
        (79, 80, [80]),
        (80, 99, []),
        (0, 100, [80, 100]),
        (100, 100, []),
        (90, 100, [100]),
    ],
)
def test_thresholds_of_a_hundred_bytes(before: int, after: int, expected: list[int]) -> None:
    assert expected == crossed(
        before_bytes=before, after_bytes=after, whole_bytes=100, thresholds=[100, 80, 80]
    )
