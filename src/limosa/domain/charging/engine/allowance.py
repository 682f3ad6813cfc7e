"""How many calls about use a supplier takes from us in a minute, over all workers.

A bucket of calls as one moment: `free_at`, when it would be full again. A call moves that ahead by
a step; one that would move it further ahead than the bucket is deep is not made. In no minute are
there more calls than the supplier allows, and above a few a minute a sixth is left to orders.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPace:
    """A call each `step` in the long run, and as many at once as fit into `depth` beside it."""

    step: timedelta
    depth: timedelta


def call_pace(calls_per_minute: int) -> CallPace:
    """Return the pace for a supplier that takes so many calls, 1 or more.

    A third of them at most is saved up for calls at once, or left to orders; the sum of those at
    once and of those of a minute stays within the limit.
    """
    at_once = 1 + calls_per_minute // 6
    step = _MINUTE / (calls_per_minute - calls_per_minute // 3)
    return CallPace(step=step, depth=step * (at_once - 1))


def after_call(free_at: datetime | None, *, pace: CallPace, now: datetime) -> datetime | None:
    """Return the new `free_at` if a call may be made now; None if not. `free_at` None: none was
    made yet."""
    begins = now if free_at is None else max(free_at, now)
    return begins + pace.step if begins - pace.depth <= now else None
