"""The lives of a statement's day and of the differences found."""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class StatementState(StrEnum):
    """waiting → done; either may be run again. `problem` says why it waits."""

    WAITING = "waiting"
    DONE = "done"


class ChargeDifferenceState(StrEnum):
    """open → disputed → resolved.

    A disputed one is with the supplier, and nothing is booked. It is resolved once both sides
    agree: by a correction of our books, or by a later line.
    """

    OPEN = "open"
    DISPUTED = "disputed"
    RESOLVED = "resolved"


class ChargeDifferenceEvent(StrEnum):
    """What happens to a difference."""

    DISPUTE = "dispute"  # staff have written to the supplier
    AGREE = "agree"  # both sides are equal now
    DIFFER = "differ"  # they are not, or differ by another amount


_OPEN, _DISPUTED = ChargeDifferenceState.OPEN, ChargeDifferenceState.DISPUTED
CHARGE_DIFFERENCE_LIFE = StateMachine(
    {
        (_OPEN, ChargeDifferenceEvent.DISPUTE): _DISPUTED,
        **{
            (state, ChargeDifferenceEvent.AGREE): ChargeDifferenceState.RESOLVED
            for state in (_OPEN, _DISPUTED)
        },
        **{(state, ChargeDifferenceEvent.DIFFER): _OPEN for state in ChargeDifferenceState},
    }
)
