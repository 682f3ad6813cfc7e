"""A reading moves bundles forward or not at all, and never by more than was used."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limosa.domain.charging.engine.deduction import Bucket, BucketState
from limosa.domain.charging.engine.reading import (
    CONTRADICTIONS,
    Counter,
    Judgement,
    LastReading,
    Reading,
    Sold,
    Verdict,
    judge,
)
from limosa.foundation.period import Validity, ValidityUnit

AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MB = 10**6
MONTH = Validity(1, ValidityUnit.MONTH)


class Story:
    """An eSIM's bundles, and what readings have made of them."""

    def __init__(self, *sold: Sold, counter: Counter = Counter.ANEW) -> None:
        self.sold = list(sold)
        self.counter = counter
        self.last: LastReading | None = None

    def read(self, reading: Reading) -> Judgement:
        """Judge a reading that arrives when it was made, or later, and keep what it says."""
        judged = judge(
            reading,
            last=self.last,
            sold=self.sold,
            counter=self.counter,
            time_zone="UTC",
            now=AT + timedelta(days=60),
        )
        for changed in judged.changed:
            self.sold = [
                replace(one, bucket=changed) if one.bucket.id == changed.id else one
                for one in self.sold
            ]
        if judged.verdict in {Verdict.APPLIED, Verdict.UNCHANGED}:
            self.last = LastReading(reading=reading, bundle_id=judged.bundle_id)
        return judged

    @property
    def used(self) -> list[int]:
        return [one.bucket.used_bytes for one in self.sold]

    @property
    def states(self) -> list[str]:
        return [one.bucket.state.value for one in self.sold]


def bundle(
    number: int = 1,
    volume: int | None = 1000 * MB,
    *,
    state: BucketState = BucketState.ACTIVE,
    days: int = 30,
    bought: int | None = None,
    used: int = 0,
) -> Sold:
    starts_at = AT if state is BucketState.ACTIVE else AT + timedelta(days=days - 30)
    bucket = Bucket(
        id=number,
        state=state,
        volume_bytes=volume,
        used_bytes=used,
        starts_at=starts_at,
        ends_at=AT + timedelta(days=days),
    )
    return Sold(bucket=bucket, bought_bytes=bought or volume)


def waits(number: int, volume: int = 1000 * MB, *, days: int = 60) -> Sold:
    return bundle(number, volume, state=BucketState.QUEUED, days=days)


def said(
    hours: float, used_mb: int, total_mb: int | None = 1000, end: int | None = None
) -> Reading:
    return Reading(
        as_of=AT + hours * HOUR,
        used_bytes=used_mb * MB,
        total_bytes=None if total_mb is None else total_mb * MB,
        ends_at=None if end is None else AT + timedelta(days=end),
    )


true_counts = st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 80)), min_size=1, max_size=8
).map(
    lambda steps: [
        said(hours, sum(used for _, used in sorted(steps)[: number + 1]))
        for number, (hours, _) in enumerate(sorted(steps))
    ]
)


@given(true_counts, st.randoms(use_true_random=False), st.integers(1, 3))
def test_late_repeated_and_mixed_up_readings_end_where_the_newest_does(
    counted: list[Reading], order: object, times: int
) -> None:
    mixed = list(counted) * times
    order.shuffle(mixed)  # type: ignore[attr-defined]
    story, seen = Story(bundle()), [0]
    for reading in mixed:
        story.read(reading)
        seen.append(story.used[0])
    assert all(earlier <= later for earlier, later in pairwise(seen))
    assert story.used == [max(reading.used_bytes for reading in counted)]


@given(st.lists(st.tuples(st.integers(0, 800), st.integers(0, 1500)), max_size=12))
def test_whatever_is_said_a_counter_never_goes_back_nor_beyond_its_volume(
    rows: list[tuple[int, int]],
) -> None:
    story = Story(bundle())
    for hours, used in rows:
        before = story.used[0]
        judged = story.read(said(hours, used))
        assert before <= story.used[0] <= 1000 * MB
        assert sum(judged.deductions.values()) == story.used[0] - before
        if judged.verdict is not Verdict.APPLIED:
            assert story.used[0] == before
        if judged.overrun_bytes:
            assert used * MB - judged.overrun_bytes == 1000 * MB


@example(  # Two of them are nearly as much as all.
    volumes=[250, 1050, 1200], steps=[1], counter=Counter.GOES_ON, tells_end=False
)
@given(
    st.lists(st.integers(250, 1200), min_size=1, max_size=4),
    st.lists(st.integers(1, 250), min_size=1, max_size=30),
    st.sampled_from([Counter.ANEW, Counter.GOES_ON]),
    st.booleans(),
)
def test_of_several_bundles_none_is_said_to_be_used_more_than_it_was(
    volumes: Sequence[int],
    steps: Sequence[int],
    counter: Counter,
    tells_end: bool,  # noqa: FBT001
) -> None:
    """The supplier uses bundles up in turn, and is read before it has used up two."""
    rows = [waits(n, volume * MB, days=40 + n) for n, volume in enumerate(volumes, start=1)]
    story = Story(bundle(1, volumes[0] * MB, days=40), *rows[1:], counter=counter)
    used = 0
    for hour, step in enumerate([0, *steps]):
        used = min(used + step, sum(volumes))
        true = [max(min(used - sum(volumes[:n]), volumes[n]), 0) for n in range(len(volumes))]
        runs = next((n for n, one in enumerate(true) if one < volumes[n]), len(volumes) - 1)
        if counter is Counter.GOES_ON:
            judged = story.read(said(hour, used, sum(volumes)))
        else:
            end = 41 + runs if tells_end else None
            judged = story.read(said(hour, true[runs], volumes[runs], end))
        assert all(one <= so_far * MB for one, so_far in zip(story.used, true, strict=True))
        if counter is Counter.GOES_ON or tells_end:
            assert story.used[runs] == true[runs] * MB
            assert judged.verdict not in CONTRADICTIONS


def test_an_overrun_is_told_and_not_counted() -> None:
    story = Story(bundle())
    assert story.read(said(1, 1100)).overrun_bytes == 100 * MB
    assert (story.used, story.states) == ([1000 * MB], ["exhausted"])
    assert story.read(said(2, 1200)).overrun_bytes == 200 * MB
    assert story.used == [1000 * MB]


def test_what_goes_on_after_its_volume_is_not_taken_from_the_next() -> None:
    """Its gigabyte has 1024³ bytes there, and ours 1000³."""
    story = Story(bundle(), waits(2))
    story.read(said(1, 990, 1073))
    judged = story.read(said(2, 1060, 1073))
    assert (judged.overrun_bytes, story.used) == (60 * MB, [1000 * MB, 0])


def test_where_the_supplier_counts_with_less_nothing_is_left_when_nothing_is_left_there() -> None:
    story = Story(bundle(volume=1200 * MB, bought=1000 * MB))
    assert story.read(said(1, 500)).deductions == {1: 600 * MB}
    story.read(said(2, 1000))
    assert story.states == ["exhausted"]


def test_a_counter_that_begins_anew_after_the_data_ran_out_is_the_next_bundles() -> None:
    story = Story(bundle(), waits(2))
    story.read(said(1, 1000))
    judged = story.read(said(2, 30))
    assert (judged.verdict, story.used) == (Verdict.APPLIED, [1000 * MB, 30 * MB])
    assert story.states == ["exhausted", "active"]


def test_a_counter_that_falls_for_no_reason_we_know_changes_nothing() -> None:
    story = Story(bundle(), waits(2))
    story.read(said(1, 800))
    assert story.read(said(2, 30)).verdict is Verdict.SMALLER
    assert story.used == [800 * MB, 0]


@pytest.mark.parametrize(
    "reading",
    [said(2, 30, 1000, 60), said(2, 30, 3000)],
    ids=["another end", "another whole"],
)
def test_another_end_or_another_whole_is_another_bundle(reading: Reading) -> None:
    volume = 3000 * MB if reading.total_bytes == 3000 * MB else 1000 * MB
    story = Story(bundle(), waits(2, volume))
    story.read(said(1, 800, 1000, 30))
    story.read(reading)
    assert (story.used, story.states) == ([800 * MB, 30 * MB], ["exhausted", "active"])


def test_after_the_end_a_smaller_count_is_the_next_bundles_and_a_greater_one_unsure() -> None:
    story = Story(bundle(), waits(2))
    story.read(said(1, 800))
    over = 30 * 24 + 1
    assert story.read(said(over, 850)).verdict is Verdict.UNSURE
    assert story.read(said(over + 1, 40)).verdict is Verdict.APPLIED
    assert story.used == [800 * MB, 40 * MB]


def test_where_the_counter_goes_on_a_renewal_fills_the_older_bundle_first() -> None:
    story = Story(bundle(), counter=Counter.GOES_ON)
    story.read(said(1, 800))
    story.sold.append(waits(2))
    story.read(said(2, 900, 2000))
    assert story.used == [900 * MB, 0]
    story.read(said(3, 1300, 2000))
    assert (story.used, story.states) == ([1000 * MB, 300 * MB], ["exhausted", "active"])


def test_where_it_goes_on_and_does_not_say_what_it_counts_it_is_refused() -> None:
    story = Story(bundle(), waits(2), counter=Counter.GOES_ON)
    assert story.read(said(1, 800, None)).verdict is Verdict.TOTAL_MISSING


@pytest.mark.parametrize(
    ("reading", "verdict"),
    [
        (said(1, 100, 5000), Verdict.TOTAL_DIFFERS),
        (said(1, 100_000), Verdict.TOO_MUCH),
        (said(1, -1), Verdict.NEGATIVE),
        (said(61 * 24, 10), Verdict.AHEAD),
    ],
)
def test_what_contradicts_is_refused(reading: Reading, verdict: Verdict) -> None:
    story = Story(bundle(used=50 * MB))
    assert story.read(reading).verdict is verdict
    assert verdict in CONTRADICTIONS
    assert story.used == [50 * MB]


def test_nothing_is_counted_for_bundles_that_have_ended() -> None:
    assert Story(bundle(days=1)).read(said(48, 10)).verdict is Verdict.ENDED
    assert Story().read(said(1, 10)).verdict is Verdict.ENDED


def test_the_first_use_begins_the_validity_and_the_suppliers_end_is_believed() -> None:
    bucket = Bucket(
        id=1,
        state=BucketState.QUEUED,
        volume_bytes=1000 * MB,
        first_use_validity=MONTH,
        first_use_before=AT + timedelta(days=90),
    )
    for reading, end in (
        (said(1, 5), MONTH.exact_end_of(AT + HOUR, time_zone="UTC")),
        (said(1, 5, end=29), AT + timedelta(days=29)),
    ):
        story = Story(Sold(bucket=bucket, bought_bytes=1000 * MB))
        story.read(said(0, 0))
        assert story.states == ["queued"]
        story.read(reading)
        assert story.states == ["active"]
        assert (story.sold[0].bucket.starts_at, story.sold[0].bucket.ends_at) == (AT + HOUR, end)


def test_an_unlimited_bundle_counts_whatever_its_whole_is_said_to_be() -> None:
    story = Story(bundle(volume=None))
    assert story.read(said(1, 70_000, 50_000)).deductions == {1: 70_000 * MB}
    assert story.read(said(2, 80_000, None)).deductions == {1: 10_000 * MB}
