"""The life of a dispute: open until it is decided, then final."""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class DisputeState(StrEnum):
    """open → won | lost."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class DisputeEvent(StrEnum):
    """What happens to a dispute."""

    WIN = "win"  # all of the money is ours again
    LOSE = "lose"  # some of it, or more than was withheld, stays with the payer


DISPUTE_LIFE = StateMachine(
    {
        (DisputeState.OPEN, DisputeEvent.WIN): DisputeState.WON,
        (DisputeState.OPEN, DisputeEvent.LOSE): DisputeState.LOST,
    }
)
