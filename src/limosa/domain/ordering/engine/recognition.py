"""How much revenue of a paid bundle to recognize: by bytes used or days passed, whichever is
more."""

from dataclasses import dataclass
from datetime import datetime

from limosa.foundation.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of a bundle has been used. `volume_bytes` None: unlimited."""

    used_bytes: int
    volume_bytes: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_over: bool


def recognized_minor(*, net_minor: int, progress: Progress, now: datetime) -> int:
    """Return the recognized part of `net_minor`; all of it once the bundle is over."""
    if progress.is_over:
        return net_minor
    by_volume = 0
    if progress.volume_bytes:
        by_volume = share(net_minor, part=progress.used_bytes, whole=progress.volume_bytes)
    starts_at, ends_at = progress.starts_at, progress.ends_at
    if starts_at is None or ends_at is None:
        return by_volume
    # At the start itself no time has passed, so it makes no difference whether it counts as begun.
    if now <= starts_at:  # pragma: no mutate
        return by_volume
    whole_seconds = int((ends_at - starts_at).total_seconds())
    passed_seconds = int((now - starts_at).total_seconds())
    return max(by_volume, share(net_minor, part=passed_seconds, whole=whole_seconds))
