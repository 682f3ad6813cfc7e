"""When the buyer of a bundle is asked: once half of its time is over, or when it ends before that.

Time, not data: who has had a bad network uses little of it and would be asked late, or never, so
that satisfied people would be asked first. The moment depends on nothing that seller or buyer
does while the bundle lasts, but for its early end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.foundation.volume import MB

# A test of the connection is no use of it.
MOVED_BYTES_MIN = 1 * MB
# Who is asked later than that has forgotten.
ASKED_WITHIN = timedelta(days=30)
# A bundle that waits for its first use, or whose use is counted late, is looked at again.
LOOKED_AT_EVERY = timedelta(hours=12)


class Deed(StrEnum):
    """What to do about a bundle now."""

    ASK = "ask"
    WAIT = "wait"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A bundle's time and use. `ended_at`: when it ended, early or not; None: it has not.

    `is_returned`: its money went back, or is disputed.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    used_bytes: int
    is_returned: bool


def asked_at(course: Course) -> datetime | None:
    """Return when to ask; None: it has not begun."""
    if course.starts_at is None or course.ends_at is None:
        return course.ended_at
    half = course.starts_at + (course.ends_at - course.starts_at) / 2
    return half if course.ended_at is None else min(half, course.ended_at)


def what_to_do(course: Course, *, now: datetime) -> tuple[Deed, datetime]:
    """Return what to do now and, for WAIT, when to look again.

    Use is counted hours late, so who has moved no data yet is looked at again for a while.
    """
    at = asked_at(course)
    if course.is_returned or (at is not None and now > at + ASKED_WITHIN):
        return Deed.LEAVE, now
    if at is None:
        return Deed.WAIT, now + LOOKED_AT_EVERY
    if now < at:
        return Deed.WAIT, min(at, now + timedelta(days=3650))
    if course.used_bytes < MOVED_BYTES_MIN:
        return Deed.WAIT, now + LOOKED_AT_EVERY
    return Deed.ASK, now
