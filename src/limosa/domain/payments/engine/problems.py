"""Why a payment needs attention: which reason takes precedence, and what clears it.

A payment shows one reason at a time.
"""

from collections.abc import Mapping
from enum import StrEnum


class Problem(StrEnum):
    """What the operators are shown about a payment."""

    DIFFERS = "differs"  # a notification contradicts our request; the provider is asked
    LATE = "late"  # unapplied funds, like the next two
    DOUBLE = "double"
    WRONG_AMOUNT = "wrong_amount"
    PENDING_LONG = "pending_long"  # a day after its expiry the provider still says "pending"
    DISPUTED = "disputed"
    REFUND_REFUSED = "refund_refused"
    REFUND_FAILED = "refund_failed"
    REFUND_CAME_BACK = "refund_came_back"
    REFUND_DIFFERS = "refund_differs"
    REFUND_BY_HAND = "refund_by_hand"
    REFUND_OR_DISPUTE = "refund_or_dispute"  # a refund by hand, perhaps a lost dispute's money
    REFUND_TWICE = "refund_twice"


class Mended(StrEnum):
    """What clears a problem."""

    REFUNDED = "refunded"  # the refund arrived
    IN_WALLET = "in_wallet"  # the amount owed is in the person's wallet
    DISPUTE_CLOSED = "dispute_closed"


# An open dispute takes precedence; when it ends, the reason behind it is shown again.
_BEFORE: Mapping[Problem, frozenset[Problem]] = {
    Problem.REFUND_REFUSED: frozenset({Problem.DISPUTED}),
    Problem.REFUND_FAILED: frozenset({Problem.DISPUTED}),
    Problem.REFUND_CAME_BACK: frozenset({Problem.DISPUTED}),
}
_MENDED: Mapping[Mended, frozenset[Problem]] = {
    Mended.REFUNDED: frozenset(
        {
            Problem.REFUND_FAILED,
            Problem.REFUND_CAME_BACK,
            Problem.REFUND_REFUSED,
            Problem.REFUND_DIFFERS,
        }
    ),
    Mended.IN_WALLET: frozenset({Problem.REFUND_FAILED, Problem.REFUND_CAME_BACK}),
    Mended.DISPUTE_CLOSED: frozenset(
        {
            Problem.DISPUTED,
            Problem.REFUND_REFUSED,
            Problem.REFUND_FAILED,
            Problem.REFUND_CAME_BACK,
        }
    ),
}


def shown_before(problem: Problem) -> frozenset[Problem]:
    """Return the problems that take precedence over this one."""
    return _BEFORE.get(problem, frozenset())


def mended_by(by: Mended) -> frozenset[Problem]:
    """Return the problems that are cleared."""
    return _MENDED[by]
