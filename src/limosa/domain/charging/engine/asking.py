"""When an eSIM's use is asked for next at its supplier.

Denser near the end: a quarter of the shorter of two times, until its data runs out at its present
pace and until its time is over. Denser after a change too: a quarter of the time since its newest
bundle was bought or begun, since nobody else tells us that use has begun. But never so soon that
the supplier can't have counted since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST = timedelta(minutes=15)
MOST = timedelta(hours=6)
# Longer than a lease; and so seldom that people's wishes leave calls for others.
WISHED_AGAIN = timedelta(minutes=5)
# A reading each quarter of what is left: an eSIM that goes on at its pace is never read later than
# with three quarters of what was left at the last one.
PARTS = 4
# How much sooner at most, so that eSIMs that were bought together are not asked for together.
SPREAD = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an eSIM's data goes. `left_bytes` None: unlimited, or not told. `ends_at`: of the running
    bundle; None: not known yet. `as_of`: of the last reading; None: there was none. `changed_at`:
    when its newest bundle was bought or begun; None: long ago."""

    left_bytes: int | None = None
    bytes_per_hour: int = 0
    ends_at: datetime | None = None
    as_of: datetime | None = None
    changed_at: datetime | None = None


def next_ask(
    course: Course, *, usage_age: timedelta | None, spread: float, now: datetime
) -> datetime:
    """Return when to ask next, after `now`.

    `usage_age`: how far the supplier's counts may lag; None: unknown. `spread`: from 0 to below 1,
    the same for an eSIM each time.
    """
    waits = [MOST]
    if course.left_bytes is not None and course.bytes_per_hour > 0:
        hours = min(max(course.left_bytes, 0) / course.bytes_per_hour, MOST / timedelta(hours=1))
        waits.append(timedelta(hours=hours) / PARTS)
    if course.ends_at is not None:
        waits.append(max(course.ends_at - now, timedelta(0)) / PARTS)
    if course.changed_at is not None:
        waits.append((now - course.changed_at) / PARTS)
    wait = max(min(waits) * (1 - SPREAD * spread), LEAST)
    return max(now + wait, _counted_again_at(course, usage_age, now))


def _counted_again_at(course: Course, usage_age: timedelta | None, now: datetime) -> datetime:
    """Return when the supplier will have counted again; if it is overdue, look in a part of its
    usual age."""
    if usage_age is None:
        return now
    soonest = now + usage_age / PARTS
    return soonest if course.as_of is None else max(course.as_of + usage_age, soonest)


def may_look_now(*, next_at: datetime | None, asked_at: datetime | None, now: datetime) -> bool:
    """Return whether an eSIM may be asked for now, as its person wishes: not while it is due
    anyway, nor a few minutes after it was asked for."""
    is_due_later = next_at is not None and next_at > now
    return is_due_later and (asked_at is None or asked_at <= now - WISHED_AGAIN)


def spread_of(number: int) -> float:
    """Return an eSIM's spread, from 0 to below 1, from its key; neighbours lie far apart."""
    return number * 2654435761 % 2**32 / 2**32
