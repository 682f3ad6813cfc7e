"""Whether an external clock agrees with ours."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from limosa.config.checks.finding import Finding

CLOCKS_APART_MAX = timedelta(seconds=30)


def check_clock(
    whose: str,
    theirs: datetime,
    *,
    asked_at: datetime,
    answered_at: datetime,
    fatal_after: timedelta,
) -> Iterator[Finding]:
    """Yield a finding if a clock, read between two moments, is too far from them.

    whose: in the possessive. fatal_after: a larger difference is a fault.
    """
    apart = max(asked_at - theirs, theirs - answered_at)
    if apart > CLOCKS_APART_MAX:
        yield Finding(
            f"Our clock and {whose} differ by {apart.total_seconds():.0f} s: "
            f"{answered_at:%Y-%m-%d %H:%M:%S} UTC here, {theirs:%Y-%m-%d %H:%M:%S} UTC there. "
            "Set ours by NTP.",
            is_fault=apart > fatal_after,
        )
