"""What differs between a line of a provider's settlement and our record.

The database finds the pairs and leaves out equal ones; this module alone decides what is wrong with
each of the others.
"""

from dataclasses import dataclass
from enum import StrEnum

from limosa.domain.payments.status_reports import SettlementKind
from limosa.foundation.money import Money

# The states in which our side has moved money on the clearing account. A refund that came back
# moved it twice, whatever happened afterwards; part of a lost dispute may have come back.
_BOOKED_STATES = {
    SettlementKind.PAYMENT: {"succeeded"},
    SettlementKind.REFUND: {"succeeded"},
    SettlementKind.DISPUTE: {"open", "won", "lost"},
    SettlementKind.DISPUTE_REVERSAL: {"won"},
}
_TAKEN_FROM_US = {SettlementKind.REFUND, SettlementKind.DISPUTE}
_CAN_COME_BACK = {
    SettlementKind.REFUND,
    SettlementKind.REFUND_REVERSAL,
    SettlementKind.DISPUTE_REVERSAL,
}


class DifferenceKind(StrEnum):
    """What is wrong. The console says what to do about each."""

    MISSING_HERE = "missing_here"  # they list something unknown to us
    MISSING_THERE = "missing_there"  # we booked what they do not list
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATE = "state"  # they moved the money; we have not
    TWICE = "twice"  # they list the same thing a second time
    OTHER = "other"  # they moved money, not for a payment, refund or dispute
    CLEARING = "clearing"  # our account and their file differ by more than lines explain


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A line of the settlement. `is_again`: an earlier line was about the same thing."""

    kind: SettlementKind
    amount: Money
    is_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Our record of the same thing: a payment, a refund or a dispute, with its state.

    `came_back`: a refund's money came back to us after it had arrived, or part of the money
    withheld for a lost dispute did.
    """

    kind: SettlementKind
    state: str
    amount: Money
    came_back: bool = False


def difference(theirs: Theirs | None, ours: Ours | None) -> DifferenceKind | None:
    """Return what differs between the two sides of one thing; None: nothing."""
    if theirs is None:
        return DifferenceKind.MISSING_THERE if ours and is_booked(ours) else None
    if theirs.kind is SettlementKind.OTHER:
        return DifferenceKind.OTHER
    if ours is None:
        return DifferenceKind.MISSING_HERE
    if theirs.is_again:
        return DifferenceKind.TWICE
    return _in_content(theirs, ours)


def _in_content(theirs: Theirs, ours: Ours) -> DifferenceKind | None:
    if not is_booked(ours):
        return DifferenceKind.STATE
    if theirs.amount.currency != ours.amount.currency:
        return DifferenceKind.CURRENCY
    if theirs.amount != ours.amount:
        return DifferenceKind.AMOUNT
    return None


def is_booked(ours: Ours) -> bool:
    """Return whether our side has moved the money of the clearing account."""
    if ours.came_back and ours.kind in _CAN_COME_BACK:
        return True
    return ours.state in _BOOKED_STATES.get(ours.kind, set())


def movement(kind: SettlementKind, amount: Money) -> Money:
    """Return a line's effect on the clearing account: positive when money comes to us."""
    return -amount if kind in _TAKEN_FROM_US else amount


def our_movement(ours: Ours) -> Money:
    """Return our side's effect on the clearing account: zero if no money has moved yet."""
    return movement(ours.kind, ours.amount) if is_booked(ours) else Money(0, ours.amount.currency)
