"""Which method is charged next, and when.

The methods are the person's, in their order. A soft refusal (no money just now) is attempted again
at the next slot, and once there is none, the next method takes its turn; a hard one (the card has
expired) makes way for the next method at once. Where the bank wants the person, they get the time
until the next slot to pay by themselves, and then the next method takes its turn.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of an attempt."""

    OPEN = "open"  # not known yet
    PAID = "paid"
    SOFT = "soft"
    HARD = "hard"
    PAYER = "payer"  # the bank wants the person
    WITHDRAWN = "withdrawn"  # called off before it was charged


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt that was made. `place`: its method's, in the person's order."""

    place: int
    begun_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """The method to charge, and when at the earliest."""

    place: int
    at: datetime


def next_turn(
    tried: Sequence[Tried], *, usable: Collection[int], slots: Sequence[datetime], now: datetime
) -> Turn | None:
    """Return which method is to be charged next; None: none is left, or one was paid or is under
    way.

    `tried`: oldest first. `usable`: the places of methods that can be charged now. `slots`: when
    attempts are made.
    """
    if any(one.outcome in {Outcome.OPEN, Outcome.PAID} for one in tried):
        return None
    made = [one for one in tried if one.outcome is not Outcome.WITHDRAWN]
    if not made:
        return _turn(usable, from_place=0, at=now)
    last = made[-1]
    later = next((slot for slot in slots if slot > last.begun_at), None)
    match last.outcome:
        case Outcome.SOFT if later is not None and last.place in usable:
            return Turn(last.place, later)
        case Outcome.PAYER if later is not None:
            return _turn(usable, from_place=last.place + 1, at=later)
    return _turn(usable, from_place=last.place + 1, at=now)


def _turn(usable: Collection[int], *, from_place: int, at: datetime) -> Turn | None:
    place = min((one for one in usable if one >= from_place), default=None)
    return None if place is None else Turn(place, at)
