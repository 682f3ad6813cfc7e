"""What may be left of an eSIM's data between two readings: an estimate, with its range.

It begins at what the last reading left. The likely pace is that of the last readings; the range
reaches from no use at all to the fastest pace that was seen, and half as much again. So it widens
with the age of the reading, is never more than the reading left, and never less than nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_HOUR = timedelta(hours=1)
# Somebody may use more than ever before; how much more, nobody knows.
_MARGIN = 1.5
# A pace over less is chance.
_SHORTEST = timedelta(minutes=5)
# Faster than any phone; a supplier that books a day's use at once would otherwise fill a counter.
PER_HOUR_MAX = 10**12


@dataclass(frozen=True, slots=True)
class Counted:
    """A point of the counter's course."""

    as_of: datetime
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePace:
    """Bytes per hour: as usual lately, and the most that was seen."""

    usual: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftEstimate:
    """Bytes left: the least, what is likely, and the most, which is what the reading left."""

    least_bytes: int
    likely_bytes: int
    most_bytes: int


def use_pace(points: Sequence[Counted], *, since: datetime | None) -> UsePace:
    """Return the pace of the counter's last points, oldest first.

    `since`: when the bundle began, at nothing; with a single point all that there is to go by. A
    counter that falls has begun anew, so that step is left out.
    """
    if len(points) == 1 and since is not None:
        points = [Counted(since, 0), *points]
    steps = [
        (later.as_of - earlier.as_of, later.used_bytes - earlier.used_bytes)
        for earlier, later in pairwise(points)
        if later.as_of - earlier.as_of >= _SHORTEST and later.used_bytes >= earlier.used_bytes
    ]
    if not steps:
        return UsePace()
    whole = sum((span for span, _ in steps), timedelta(0))
    usual = _per_hour(sum(used for _, used in steps), whole)
    return UsePace(usual=usual, most=max(usual, *(_per_hour(used, span) for span, used in steps)))


def left_now(
    *, left_bytes: int, pace: UsePace, age: timedelta, lag: timedelta = timedelta(0)
) -> LeftEstimate:
    """Return what may be left now of `left_bytes`, the reading's, `age` after it.

    `lag`: how much older than its own time the count may be.
    """
    age = max(age, timedelta(0))
    used_at_most = fastest(pace) * ((age + lag) / _HOUR)
    return LeftEstimate(
        least_bytes=max(left_bytes - round(used_at_most), 0),
        likely_bytes=max(left_bytes - round(pace.usual * (age / _HOUR)), 0),
        most_bytes=left_bytes,
    )


def fastest(pace: UsePace) -> float:
    """Return the bytes per hour of the range's worse end."""
    return pace.most * _MARGIN


def warned_at(
    *,
    counted: Counted,
    threshold_bytes: int,
    pace: UsePace,
    lag: timedelta = timedelta(0),
) -> datetime | None:
    """Return when so much may have been used at worst; None: not within a month, or known to be
    used already."""
    missing = threshold_bytes - counted.used_bytes
    if missing <= 0 or pace.most <= 0:
        return None
    hours = missing / fastest(pace)
    if hours > 31 * 24:
        return None
    return max(counted.as_of + timedelta(hours=hours) - lag, counted.as_of)


def untold_lag(*, as_of: datetime, received_at: datetime, usage_age: timedelta | None) -> timedelta:
    """Return how much older than `as_of` a count may be.

    A supplier that tells when it counted is believed. One whose count bears the time of our
    question does not tell, so the count may be as old as its counts ever are.
    """
    if usage_age is None or received_at - as_of > timedelta(minutes=1):
        return timedelta(0)
    return usage_age


def _per_hour(used_bytes: int, span: timedelta) -> int:
    return min(round(used_bytes / (span / _HOUR)), PER_HOUR_MAX)
