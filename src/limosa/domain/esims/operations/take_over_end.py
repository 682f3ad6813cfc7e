from collections.abc import Sequence
from datetime import datetime

from limosa.domain.esims.models import Bundle, BundleState


def take_over_end(*, bundle: Bundle, ends_at: datetime, others: Sequence[Bundle]) -> None:
    """Let a bundle that runs end when its supplier says, sooner or later than we thought.

    `others`: of the same eSIM; those that wait for exactly its end follow it, each for as long as
    it was bought. The bundle began before `ends_at`. The caller holds the eSIM and its bundles.
    """
    former, bundle.ends_at = bundle.ends_at, ends_at
    bundle.save(update_fields=["ends_at"])
    waiting = {
        one.starts_at: one
        for one in others
        if one.state == BundleState.QUEUED and one.starts_at is not None
    }
    while former is not None and (follower := waiting.pop(former, None)) is not None:
        former, ends_at = _move(follower, ends_at)


def _move(bundle: Bundle, starts_at: datetime) -> tuple[datetime | None, datetime]:
    """Have a bundle that waits begin at another time; return its former end, and its new one."""
    former_start, former_end = bundle.starts_at, bundle.ends_at
    if former_start is None or former_end is None:
        return None, starts_at
    length = former_end - former_start
    validity = bundle.validity
    bundle.starts_at = starts_at
    bundle.ends_at = (
        validity.end_of(starts_at, time_zone=bundle.esim.time_zone)
        if validity
        else starts_at + length
    )
    bundle.save(update_fields=["starts_at", "ends_at"])
    return former_end, bundle.ends_at
