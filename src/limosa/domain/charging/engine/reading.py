"""What a supplier's reading of its own counter means for our bundles.

A reading names what was used of what is counted, as of a time; some name the whole and the end of
what is counted too, or the order that it came with. Otherwise, which bundles that covers depends on
the supplier: where a renewal waits, or
replaces what runs, its counter begins anew with the next bundle; where a renewal is added, it goes
on, and its whole grows. A reading moves bundles forward or not at all: one that is late, repeated
or smaller changes nothing, and one that contradicts what we sold is refused, for people to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.domain.charging.engine.deduction import Bucket, BucketState, begun

# A gigabyte is 7.4 % more where it has 1024³ bytes, a terabyte 10 %. What differs by more is
# another plan.
_TOLERANCE = 10
# By less, the clocks of two machines differ.
_AHEAD_MAX = timedelta(minutes=5)
_END_MOVED = timedelta(hours=1)
# After our end, a counter that has not begun anew may still be the old bundle's.
_OLD_COUNTER = timedelta(days=1)
# In percent of the whole; a wrong unit comes to a thousand times as much.
_USED_MAX = 150
_OPEN = {BucketState.QUEUED, BucketState.ACTIVE}


class Counter(StrEnum):
    """What a supplier's counter does when a bundle is bought while another runs.

    ANEW: it begins anew with that bundle. GOES_ON: it goes on. UNKNOWN: nobody has said.
    """

    ANEW = "anew"
    GOES_ON = "goes_on"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What a reading came to."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"  # as the last one
    LATE = "late"  # older than the last one
    ENDED = "ended"  # what it counts has ended, and nothing follows
    SMALLER = "smaller"  # than the last one, though nothing has begun anew
    UNSURE = "unsure"  # of the bundle that has ended, or of the one that follows it
    TOTAL_DIFFERS = "total_differs"  # it counts something that we did not sell
    TOTAL_MISSING = "total_missing"  # several bundles run, and it doesn't say what it counts
    TOO_MUCH = "too_much"  # more was used than a network that stops late can have let through
    NEGATIVE = "negative"  # less than nothing was used
    AHEAD = "ahead"  # it is of a time to come


# What people should look at: the supplier says something that can't be, or that we can't tell.
CONTRADICTIONS = frozenset(Verdict) - {
    Verdict.APPLIED,
    Verdict.UNCHANGED,
    Verdict.LATE,
    Verdict.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`total_bytes`, `ends_at`: of what is counted; None: not told. `number`: of the order that it
    came with, the oldest that runs; empty: not told."""

    as_of: datetime
    used_bytes: int
    total_bytes: int | None = None
    ends_at: datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReading:
    """The last one that was believed, and the newest bundle that it covered."""

    reading: Reading
    bundle_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A bundle of the eSIM. `bought_bytes`: what the supplier was asked for, without a bonus of
    ours. `number`: of the order with which it came."""

    bucket: Bucket
    bought_bytes: int | None
    number: str = ""

    @property
    def volumes(self) -> set[int]:
        """The wholes by which the supplier may know it; none: unlimited."""
        return {one for one in (self.bucket.volume_bytes, self.bought_bytes) if one is not None}

    def is_open(self, at: datetime) -> bool:
        """Whether something may still be drawn from it."""
        return self.bucket.state in _OPEN and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Whether its time is over."""
        return self.bucket.ends_at is not None and self.bucket.ends_at <= at

    def is_long_over(self, at: datetime) -> bool:
        """Whether its time has been over for so long that a counter is no more its own."""
        return self.is_over(at - _OLD_COUNTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The buckets that change, bytes deducted by bucket id, and what was used beyond the bundles.

    `bundle_id`: the newest bundle covered, if the reading is believed; `covered`: all of them.
    """

    verdict: Verdict
    changed: list[Bucket] = field(default_factory=list)
    deductions: dict[int, int] = field(default_factory=dict)
    overrun_bytes: int = 0
    bundle_id: int | None = None
    covered: tuple[int, ...] = ()


def judge(
    reading: Reading,
    *,
    last: LastReading | None,
    sold: Sequence[Sold],
    counter: Counter,
    time_zone: str,
    now: datetime,
) -> Judgement:
    """Return what a reading means. `sold`: the eSIM's bundles that were not refunded, oldest first,
    ended ones included."""
    verdict = _refused_at_once(reading, last, now)
    if verdict is not None:
        return Judgement(verdict=verdict)
    place = _place(reading, last=last, sold=sold, counter=counter)
    if isinstance(place, Verdict):
        return Judgement(verdict=place)
    if last is not None and last.bundle_id == place.covered[-1].bucket.id:
        if reading.used_bytes < last.reading.used_bytes:
            return Judgement(verdict=Verdict.SMALLER)
        if _is_same(reading, last.reading):
            return Judgement(
                verdict=Verdict.UNCHANGED, bundle_id=last.bundle_id, covered=place.covered_ids
            )
    return _apply(reading, place, zone=time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The bundles that a reading covers, and those that it shows to have ended."""

    covered: Sequence[Sold]
    ended: Sequence[Sold]
    has_follower: bool

    @property
    def covered_ids(self) -> tuple[int, ...]:
        return tuple(one.bucket.id for one in self.covered)


def _refused_at_once(reading: Reading, last: LastReading | None, now: datetime) -> Verdict | None:
    if reading.used_bytes < 0 or (reading.total_bytes or 0) < 0:
        return Verdict.NEGATIVE
    if reading.as_of > now + _AHEAD_MAX:
        return Verdict.AHEAD
    if last is not None and reading.as_of < last.reading.as_of:
        return Verdict.LATE
    return None


def _place(
    reading: Reading, *, last: LastReading | None, sold: Sequence[Sold], counter: Counter
) -> _Place | Verdict:
    at = _counted_before(last, sold, reading)
    if at is None:
        return Verdict.ENDED
    named = _named(sold, reading)
    if named is not None:
        return _named_place(reading, at, named, sold=sold, counter=counter)
    follower = next((i for i in range(at + 1, len(sold)) if sold[i].is_open(reading.as_of)), None)
    covered, ended = _run(sold, at, reading, counter), sold[at:at]
    if follower is not None and _has_begun_anew(
        reading, last, (sold[at], sold[follower]), covered, counter
    ):
        covered = _run(sold, follower, reading, counter)
        ended = sold[at:follower] if counter is Counter.ANEW else ended
    if not covered:
        return Verdict.TOTAL_MISSING if reading.total_bytes is None else Verdict.TOTAL_DIFFERS
    if _is_too_much(reading, covered):
        return Verdict.TOO_MUCH
    return _Place(covered=covered, ended=ended, has_follower=follower is not None)


def _named(sold: Sequence[Sold], reading: Reading) -> int | None:
    """Return which bundle the supplier itself says it counts; None: it names none of ours."""
    of_order = (i for i, one in enumerate(sold) if reading.number == one.number != "")
    return next(of_order, None)


def _named_place(
    reading: Reading, at: int, named: int, *, sold: Sequence[Sold], counter: Counter
) -> _Place | Verdict:
    """Return what a reading of a named bundle covers. What ran before it has ended: the oldest that
    runs is named."""
    covered = _run(sold, named, reading, counter)
    if not covered:
        return Verdict.TOTAL_MISSING if reading.total_bytes is None else Verdict.TOTAL_DIFFERS
    if _is_too_much(reading, covered):
        return Verdict.TOO_MUCH
    before = [one for one in sold[at:named] if one.bucket.state is BucketState.ACTIVE]
    ended = [one for one in before if one not in covered]
    return _Place(covered=covered, ended=ended, has_follower=named + 1 < len(sold))


def _counted_before(last: LastReading | None, sold: Sequence[Sold], reading: Reading) -> int | None:
    """Return which bundle the counter was known to cover last, or the oldest that is open."""
    numbers = range(len(sold))
    known = last.bundle_id if last else None
    of_last = (i for i in numbers if sold[i].bucket.id == known)
    return next(of_last, next((i for i in numbers if sold[i].is_open(reading.as_of)), None))


def _run(sold: Sequence[Sold], at: int, reading: Reading, counter: Counter) -> list[Sold]:
    """Return the neighbours, `at` among them, whose whole is nearest to the reading's; empty: none
    is near.

    Several only where the counter goes on, or may.
    """
    total, one = reading.total_bytes, sold[at]
    if total is None:
        may_be_more = bool(one.volumes) and counter is Counter.GOES_ON and len(sold) > 1
        return [] if may_be_more else [one]
    if not one.volumes:
        return [one]
    runs = [[one]]
    if counter is not Counter.ANEW:
        runs += [
            list(sold[first:end])
            for first in range(at, -1, -1)
            for end in range(at + 1, len(sold) + 1)
        ]
    fitting = [run for run in runs if _is_whole_of(total, run)]
    return min(fitting, key=lambda run: _distance(total, run), default=[])


def _is_whole_of(total: int, run: Sequence[Sold]) -> bool:
    """Whether a supplier may count these bundles with such a whole."""
    return any(abs(total - one) * 100 <= _TOLERANCE * max(total, one) for one in _wholes(run))


def _distance(total: int, run: Sequence[Sold]) -> int:
    return min(abs(total - one) for one in _wholes(run))


def _wholes(run: Sequence[Sold]) -> set[int]:
    """Return the wholes by which a supplier may know these bundles; none: one is unlimited."""
    if not all(one.volumes for one in run):
        return set()
    return {sum(pick(one.volumes) for one in run) for pick in (min, max)}


def _has_begun_anew(
    reading: Reading,
    last: LastReading | None,
    pair: tuple[Sold, Sold],
    run: Sequence[Sold],
    counter: Counter,
) -> bool:
    """Whether the counter is by now that of the second bundle of a pair, as far as can be told.

    `run`: what it covers if it is still the first one's.
    """
    before, follower = pair
    if not run and reading.total_bytes is not None:
        return _is_whole_of(reading.total_bytes, [follower])
    if len(run) > 1:
        return False
    if last is None:
        return not before.is_open(reading.as_of)
    has_fallen = reading.used_bytes < last.reading.used_bytes
    end_moved = counter is not Counter.GOES_ON and _has_end_moved(reading, last.reading)
    ran_out = before.bucket.state is BucketState.EXHAUSTED and has_fallen
    return (
        ran_out
        or end_moved
        or (
            before.is_over(reading.as_of)
            and (has_fallen or not last.reading.used_bytes or before.is_long_over(reading.as_of))
        )
    )


def _has_end_moved(reading: Reading, last: Reading) -> bool:
    if reading.ends_at is None or last.ends_at is None:
        return False
    return reading.ends_at > last.ends_at + _END_MOVED


def _is_too_much(reading: Reading, covered: Sequence[Sold]) -> bool:
    whole = _whole(covered)
    return whole is not None and reading.used_bytes * 100 > _USED_MAX * max(
        whole, reading.total_bytes or 0
    )


def _is_same(reading: Reading, last: Reading) -> bool:
    return (reading.used_bytes, reading.total_bytes) == (last.used_bytes, last.total_bytes)


def _apply(reading: Reading, place: _Place, *, zone: str) -> Judgement:
    """Fill the covered bundles with what was used, the oldest first; none goes back."""
    covered = place.covered
    changed = [
        replace(one.bucket, state=BucketState.EXHAUSTED)
        for one in place.ended
        if one.is_open(reading.as_of)
    ]
    left = _as_sold(reading, covered)
    deductions: dict[int, int] = {}
    for one in covered:
        bucket, volume = one.bucket, one.bucket.volume_bytes
        share = left if volume is None else min(left, volume)
        left -= share
        taken = share - bucket.used_bytes
        if taken > 0 and one.is_open(reading.as_of):
            changed.append(_drawn(bucket, share, reading, zone))
            deductions[bucket.id] = taken
    is_over = all(one.is_over(reading.as_of) for one in covered)
    if not any(one.is_open(reading.as_of) for one in covered) and (is_over or not left):
        return Judgement(verdict=Verdict.UNSURE if place.has_follower else Verdict.ENDED)
    return Judgement(
        verdict=Verdict.APPLIED,
        changed=changed,
        deductions=deductions,
        overrun_bytes=_beyond(reading, covered),
        bundle_id=covered[-1].bucket.id,
        covered=place.covered_ids,
    )


def _whole(covered: Sequence[Sold]) -> int | None:
    volumes = [one.bucket.volume_bytes for one in covered]
    return None if None in volumes else sum(volume for volume in volumes if volume is not None)


def _as_sold(reading: Reading, covered: Sequence[Sold]) -> int:
    """Return what was used of what we sold.

    If that is more than the supplier counts with, in proportion: when nothing is left there,
    nothing is left here.
    """
    whole, total = _whole(covered), reading.total_bytes
    if whole is None or not total or total >= whole:
        return reading.used_bytes
    return -(-reading.used_bytes * whole // total)


def _beyond(reading: Reading, covered: Sequence[Sold]) -> int:
    whole = _whole(covered)
    if whole is None:
        return 0
    return max(reading.used_bytes - min(whole, reading.total_bytes or whole), 0)


def _drawn(bucket: Bucket, used_bytes: int, reading: Reading, zone: str) -> Bucket:
    if bucket.state is BucketState.QUEUED:
        begun_now = begun(bucket, reading.as_of, zone)
        if validity := bucket.first_use_validity:
            # The first use was some time before this reading; the supplier knows when. It gives
            # nobody the rest of the last day, as we do with a network of our own.
            ends_at = validity.exact_end_of(reading.as_of, time_zone=zone)
            if reading.ends_at is not None and reading.ends_at > reading.as_of:
                ends_at = reading.ends_at
            begun_now = replace(begun_now, ends_at=ends_at)
        bucket = begun_now
    drawn = replace(bucket, used_bytes=used_bytes)
    return replace(drawn, state=BucketState.EXHAUSTED) if drawn.room_bytes == 0 else drawn
