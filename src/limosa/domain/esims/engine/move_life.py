"""The life of a move, and how many a person may begin.

waiting -> done       a device reported that it has the new profile
-> given_up   by the person, by us, because there was no new profile, or because no device
              installed it as long as its code was valid
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class MoveState(StrEnum):
    """Where a move stands."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


class MoveEvent(StrEnum):
    """What happens to a move."""

    INSTALL = "install"
    GIVE_UP = "give_up"


# Why a move was given up whose new profile was not installed in time (`Move.problem`).
NOT_INSTALLED = "not_installed"
# How long a device that has downloaded the new profile may take to report what became of it.
REPORT_GRACE = timedelta(hours=1)

MOVE_LIFE = StateMachine(
    {
        (MoveState.WAITING, MoveEvent.INSTALL): MoveState.DONE,
        (MoveState.WAITING, MoveEvent.GIVE_UP): MoveState.GIVEN_UP,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLimit:
    """At most so many moves of one eSIM in a period, counted back from now."""

    most: int
    period: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesLeft:
    """How many moves may be begun now. `next_at`: when another one may, if none may now."""

    count: int
    next_at: datetime | None = None


def moves_left(begun_at: Iterable[datetime], *, limit: MoveLimit, now: datetime) -> MovesLeft:
    """Return what an eSIM has left of a limit. Every move that was begun counts, however it ended:
    each has taken a profile."""
    recent = sorted(at for at in begun_at if now - at < limit.period)
    left = limit.most - len(recent)
    if left > 0:
        return MovesLeft(count=left)
    # The oldest of the `most` latest has to leave the period first.
    return MovesLeft(count=0, next_at=recent[-limit.most] + limit.period)


def waits_until(*, expires_at: datetime, downloaded_at: datetime | None) -> datetime:
    """Return when a move ends by itself, given when a device downloaded the new profile, if it has
    not reported since what became of it."""
    if downloaded_at is None:
        return expires_at
    return max(expires_at, min(downloaded_at, expires_at) + REPORT_GRACE)
