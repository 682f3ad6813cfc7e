"""When a bundle begins and ends: the same rule for what a quote promises and what a bundle gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from limosa.foundation.errors import DomainRefusal
from limosa.foundation.period import Validity


class TopUpNeedsBundleError(DomainRefusal):
    """A top-up joins a running bundle, but there is none."""

    code = "top_up_needs_bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePeriod:
    """The exact period of a bundle; both ends are None if the first use decides, which must come
    by `first_use_before`."""

    starts_at: datetime | None
    ends_at: datetime | None
    first_use_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBundle:
    """What this rule needs to know about an open bundle on the eSIM. `validity`: of one whose first
    use decides when it ends; None: not known, or a top-up."""

    ends_at: datetime | None
    is_top_up: bool
    first_use_before: datetime | None = None
    validity: Validity | None = None


def promised_period(
    *,
    validity: Validity | None,
    waits_for_use: bool,
    after_current: bool,
    running: Sequence[RunningBundle],
    time_zone: str,
    now: datetime,
) -> BundlePeriod:
    """Return when a bundle bought now begins and ends.

    `validity` None: a top-up, which ends with the last bundle that it joins.
    Raises TopUpNeedsBundleError.
    """
    own = [bundle for bundle in running if not bundle.is_top_up]
    end = _end_to_join(running)
    if validity is None:
        if end is None:
            raise TopUpNeedsBundleError
        return BundlePeriod(starts_at=now, ends_at=end)
    # A bundle that follows one still waiting for its first use has no known period either.
    follows_unknown = after_current and any(bundle.ends_at is None for bundle in own)
    if waits_for_use or follows_unknown:
        return BundlePeriod(starts_at=None, ends_at=None)
    starts_at = max(now, end) if after_current and end is not None else now
    return BundlePeriod(
        starts_at=starts_at, ends_at=validity.end_of(starts_at, time_zone=time_zone)
    )


def added_period(
    *, validity: Validity, running: Sequence[RunningBundle], time_zone: str, now: datetime
) -> BundlePeriod:
    """Return when a bundle begins and ends that is added at once to what is there: with what waits
    for its first use, or else now; it ends with the rest, or later."""
    end = _end_to_join(running)
    if end is None:
        return BundlePeriod(starts_at=None, ends_at=None)
    own_end = validity.end_of(now, time_zone=time_zone)
    return BundlePeriod(starts_at=now, ends_at=max(own_end, end))


def first_use_after(
    running: Sequence[RunningBundle], *, within: timedelta, time_zone: str, now: datetime
) -> datetime:
    """Return by when a bundle must be used first that follows others: counted from their end."""
    return max([now, *(end for one in running if (end := _latest_end(one, time_zone)))]) + within


def first_use_with(
    running: Sequence[RunningBundle], *, within: timedelta, now: datetime
) -> datetime:
    """Return by when a bundle must be used first that begins with those that wait: as they."""
    waiting = (one.first_use_before for one in running if one.ends_at is None)
    return min([now + within, *(before for before in waiting if before)])


def _latest_end(bundle: RunningBundle, time_zone: str) -> datetime | None:
    if bundle.ends_at is not None or bundle.validity is None or bundle.first_use_before is None:
        return bundle.ends_at
    return bundle.validity.end_of(bundle.first_use_before, time_zone=time_zone)


def has_bundle_to_join(running: Sequence[RunningBundle]) -> bool:
    """Return whether a top-up bought now would have a bundle to end with."""
    return _end_to_join(running) is not None


def _end_to_join(running: Sequence[RunningBundle]) -> datetime | None:
    return max(
        (bundle.ends_at for bundle in running if bundle.ends_at and not bundle.is_top_up),
        default=None,
    )
