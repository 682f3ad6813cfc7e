"""When a bundle begins and ends. One rule for what a quote promises and what a bundle gets."""

from dataclasses import dataclass
from datetime import datetime

from limosa.foundation.period import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePeriod:
    """The exact time of a bundle; both empty when the first use decides."""

    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBundle:
    """What the rule needs to know of a bundle that is already on the eSIM."""

    starts_at: datetime | None
    ends_at: datetime | None
    is_top_up: bool


def latest_end(running: list[RunningBundle]) -> datetime | None:
    """Return when the last open bundle with a validity of its own ends; None without one."""
    ends = [bundle.ends_at for bundle in running if bundle.ends_at and not bundle.is_top_up]
    return max(ends, default=None)


def period_of(
    *, validity: Validity, not_before: datetime | None, time_zone: str, now: datetime
) -> BundlePeriod:
    """Return the time of a bundle that starts now, or at `not_before` when that is later."""
    starts_at = now if not_before is None else max(now, not_before)
    return BundlePeriod(
        starts_at=starts_at, ends_at=validity.end_of(starts_at, time_zone=time_zone)
    )
