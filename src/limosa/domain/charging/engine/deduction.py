"""Which bundle usage is deducted from.

Active buckets come first, the one that ends soonest before the others. When none has anything left,
the oldest one in the queue starts. Usage that no bucket can cover is an overrun: recorded, never
billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from limosa.foundation.period import Validity


class BucketState(StrEnum):
    """The states of a bucket that this rule distinguishes."""

    QUEUED = "queued"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"


class FinalUnitAction(StrEnum):
    """What the network should do next; `redirect` leads to the renewal page."""

    NONE = "none"
    REDIRECT = "redirect"
    THROTTLE = "throttle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bundle as this rule sees it. `volume_bytes` None: unlimited, fast up to `fair_use_bytes`.

    `first_use_validity`: set if the first byte starts its validity.
    """

    id: int
    state: BucketState
    volume_bytes: int | None
    fair_use_bytes: int | None = None
    used_bytes: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    first_use_validity: Validity | None = None
    first_use_before: datetime | None = None

    @property
    def room_bytes(self) -> int | None:
        """Bytes still available; None: unlimited."""
        return None if self.volume_bytes is None else self.volume_bytes - self.used_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """The result: the updated buckets (same order), bytes deducted by bucket id, the overrun."""

    buckets: list[Bucket]
    deductions: dict[int, int] = field(default_factory=dict)
    overrun_bytes: int = 0

    @property
    def remaining_bytes(self) -> int | None:
        """Bytes left in active and queued buckets; None if one is unlimited."""
        rooms = [
            bucket.room_bytes
            for bucket in self.buckets
            if bucket.state in {BucketState.ACTIVE, BucketState.QUEUED}
        ]
        return None if None in rooms else sum(room for room in rooms if room is not None)

    @property
    def final_unit_action(self) -> FinalUnitAction:
        """What the network should do: continue, redirect when nothing is left, or throttle."""
        active = [bucket for bucket in self.buckets if bucket.state is BucketState.ACTIVE]
        if self.remaining_bytes == 0:
            return FinalUnitAction.REDIRECT
        if active and all(_is_past_fair_use(bucket) for bucket in active):
            return FinalUnitAction.THROTTLE
        return FinalUnitAction.NONE


def deduct(
    buckets: Sequence[Bucket], *, used_bytes: int, at: datetime, time_zone: str
) -> Deduction:
    """Deduct `used_bytes`, used at the moment `at`, from an eSIM's buckets (oldest first)."""
    state = {bucket.id: _by_time(bucket, at) for bucket in buckets}
    deductions: dict[int, int] = {}
    left = used_bytes
    while True:
        source = _next_source(list(state.values()), left)
        if source is None:
            break
        if source.state is BucketState.QUEUED:
            source = begun(source, at, time_zone)
        room = source.room_bytes
        taken = left if room is None else min(left, room)
        source = replace(source, used_bytes=source.used_bytes + taken)
        if source.room_bytes == 0:
            source = replace(source, state=BucketState.EXHAUSTED)
        state[source.id] = source
        if taken:
            deductions[source.id] = deductions.get(source.id, 0) + taken
        left -= taken
    return Deduction(buckets=list(state.values()), deductions=deductions, overrun_bytes=left)


def _by_time(bucket: Bucket, at: datetime) -> Bucket:
    if bucket.ends_at is not None and bucket.ends_at <= at:
        return replace(bucket, state=BucketState.EXPIRED)
    if bucket.first_use_before is not None and bucket.starts_at is None:
        if bucket.first_use_before <= at:
            return replace(bucket, state=BucketState.EXPIRED)
        return bucket
    if bucket.starts_at is not None and bucket.starts_at <= at:
        return replace(bucket, state=BucketState.ACTIVE)
    return bucket


def _next_source(buckets: list[Bucket], left: int) -> Bucket | None:
    """Return the bucket to deduct from next.

    With nothing left to deduct, that is a queued bucket whose turn has come (the previous one is
    used up); a bucket that waits for its first byte keeps waiting.
    """
    active = [bucket for bucket in buckets if bucket.state is BucketState.ACTIVE]
    queued = [bucket for bucket in buckets if bucket.state is BucketState.QUEUED]
    if active:
        # Soonest end first; buckets without an end last. Python's sort is stable: oldest first.
        active.sort(key=lambda bucket: (bucket.ends_at is None, bucket.ends_at))
        return active[0] if left else None
    if not queued:
        return None
    was_used_up = any(bucket.state is BucketState.EXHAUSTED for bucket in buckets)
    if left or (was_used_up and queued[0].first_use_validity is None):
        return queued[0]
    return None


def begun(bucket: Bucket, at: datetime, time_zone: str) -> Bucket:
    """Return the bucket, started. One that was to follow another keeps the end that was
    promised."""
    ends_at = bucket.ends_at
    if bucket.first_use_validity is not None:
        ends_at = bucket.first_use_validity.end_of(at, time_zone=time_zone)
    return replace(bucket, state=BucketState.ACTIVE, starts_at=at, ends_at=ends_at)


def _is_past_fair_use(bucket: Bucket) -> bool:
    return bucket.volume_bytes is None and bucket.used_bytes >= (bucket.fair_use_bytes or 0)


def crossed(
    *, before_bytes: int, after_bytes: int, whole_bytes: int, thresholds: Sequence[int]
) -> list[int]:
    """Return the thresholds (percent used) in (before, after], lowest first."""
    return [
        percent
        for percent in sorted(set(thresholds))
        if before_bytes * 100 < percent * whole_bytes <= after_bytes * 100
    ]
