"""How much of a paid bundle has been earned: by bytes used or by days passed, whichever is more."""

from dataclasses import dataclass
from datetime import datetime

from limosa.foundation.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a bundle has come. `volume_bytes` None: unlimited."""

    used_bytes: int
    volume_bytes: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_over: bool


def recognized_minor(*, net_minor: int, progress: Progress, now: datetime) -> int:
    """Return the earned part of `net_minor`; all of it once the bundle is over."""
    if progress.is_over:
        return net_minor
    by_volume = 0
    if progress.volume_bytes:
        by_volume = share(net_minor, part=progress.used_bytes, whole=progress.volume_bytes)
    starts_at, ends_at = progress.starts_at, progress.ends_at
    if starts_at is None or ends_at is None:
        return by_volume
    # At the start itself no time has passed: whether it counts as begun makes no difference.
    if now <= starts_at:  # pragma: no mutate
        return by_volume
    whole_seconds = int((ends_at - starts_at).total_seconds())
    passed_seconds = int((now - starts_at).total_seconds())
    return max(by_volume, share(net_minor, part=passed_seconds, whole=whole_seconds))
