"""The only place where the simulators read the wall clock; everything else is given a `Clock`.

A clock returns seconds since the epoch, which is what the stores and the schedules use.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], float]
BEIJING = timezone(timedelta(hours=8))


def wall_clock() -> float:
    """Return seconds since the epoch."""
    return datetime.now(UTC).timestamp()  # noqa: TID251  (a process of its own has its own clock)


def beijing_time(seconds: float) -> str:
    """Format a time as Chinese payment providers do: RFC 3339, whole seconds, +08:00."""
    return datetime.fromtimestamp(seconds, BEIJING).isoformat(timespec="seconds")


def utc_time(seconds: float) -> str:
    """Format a time as RFC 3339 in UTC, to the microsecond, with a `Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")[:-6] + "Z"
