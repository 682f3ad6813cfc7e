"""The lives of a settlement and of the differences that are found in it."""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class SettlementState(StrEnum):
    """waiting → done | refused; each may be run again."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class SettlementEvent(StrEnum):
    """What happens to a settlement."""

    WAIT = "wait"  # the provider has not made it, or did not answer
    REFUSE = "refuse"  # it can't be read, or the provider does not give it
    FINISH = "finish"  # it is compared, and its fees are booked


class DifferenceState(StrEnum):
    """open → resolved; one that resolved by itself opens again when it is found again.

    What the staff resolved opens again only when one of its sides is another one than they saw.
    """

    OPEN = "open"
    RESOLVED = "resolved"


class DifferenceEvent(StrEnum):
    """What happens to a difference."""

    RESOLVE = "resolve"
    FIND_AGAIN = "find_again"


_WAITING, _REFUSED = SettlementState.WAITING, SettlementState.REFUSED
# A day that was done stays done, whatever a later try to fetch it brings.
SETTLEMENT_LIFE = StateMachine(
    {
        **{(state, SettlementEvent.WAIT): _WAITING for state in (_WAITING, _REFUSED)},
        **{(state, SettlementEvent.REFUSE): _REFUSED for state in (_WAITING, _REFUSED)},
        **{(state, SettlementEvent.FINISH): SettlementState.DONE for state in SettlementState},
    }
)
DIFFERENCE_LIFE = StateMachine(
    {
        (DifferenceState.OPEN, DifferenceEvent.RESOLVE): DifferenceState.RESOLVED,
        (DifferenceState.RESOLVED, DifferenceEvent.FIND_AGAIN): DifferenceState.OPEN,
    }
)
