"""How much of a paid bundle has been earned: by bytes used or by days passed, whichever is more."""

from datetime import datetime

from limosa.foundation.money import share


def earned_minor(
    *,
    net_minor: int,
    used_bytes: int,
    volume_bytes: int | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    is_over: bool,
    now: datetime,
) -> int:
    """Return the earned part of `net_minor`; all of it once the bundle is over."""
    if is_over:
        return net_minor
    by_volume = share(net_minor, part=used_bytes, whole=volume_bytes) if volume_bytes else 0
    if starts_at is None or ends_at is None or now <= starts_at:
        return by_volume
    whole_seconds = int((ends_at - starts_at).total_seconds())
    passed_seconds = int((now - starts_at).total_seconds())
    return max(by_volume, share(net_minor, part=passed_seconds, whole=whole_seconds))
