"""The lives of a settlement and of the differences found in it."""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class SettlementState(StrEnum):
    """waiting → done | refused; each may be run again."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class SettlementEvent(StrEnum):
    """What happens to a settlement."""

    WAIT = "wait"  # the provider has not issued it, or did not answer
    REFUSE = "refuse"  # it can't be parsed, or the provider refuses it
    FINISH = "finish"  # it has been compared, and its fees booked


class DifferenceState(StrEnum):
    """open → resolved; one that resolved itself reopens if it is found again.

    One that staff resolved reopens only if one of its sides has changed since.
    """

    OPEN = "open"
    RESOLVED = "resolved"


class DifferenceEvent(StrEnum):
    """What happens to a difference."""

    RESOLVE = "resolve"
    FIND_AGAIN = "find_again"


_WAITING, _REFUSED = SettlementState.WAITING, SettlementState.REFUSED
# A day that was done stays done, whatever comes of a later attempt to fetch it.
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
