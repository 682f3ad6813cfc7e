"""When a bundle begins and ends: the same rule for what a quote promises and what a bundle gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from limosa.foundation.errors import DomainRefusal
from limosa.foundation.period import Validity


class TopUpNeedsBundleError(DomainRefusal):
    """A top-up joins a running bundle, but there is none."""

    code = "top_up_needs_bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePeriod:
    """The exact period of a bundle; both ends are None if the first use decides."""

    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBundle:
    """What this rule needs to know about an open bundle on the eSIM."""

    ends_at: datetime | None
    is_top_up: bool


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


def has_bundle_to_join(running: Sequence[RunningBundle]) -> bool:
    """Return whether a top-up bought now would have a bundle to end with."""
    return _end_to_join(running) is not None


def _end_to_join(running: Sequence[RunningBundle]) -> datetime | None:
    return max(
        (bundle.ends_at for bundle in running if bundle.ends_at and not bundle.is_top_up),
        default=None,
    )
