"""The life of a reserve: which events are allowed in which state, and the resulting state.

    open ──┬── use_up ─▶ used_up
           ├── expire ─▶ expired
           └── renew ──▶ renewed

reserves.py decides who gets one.
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class ReserveState(StrEnum):
    """The states of a reserve; all but the first are final."""

    OPEN = "open"
    USED_UP = "used_up"
    EXPIRED = "expired"
    RENEWED = "renewed"


class ReserveEvent(StrEnum):
    """What happens to a reserve."""

    USE_UP = "use_up"  # its last byte was used
    EXPIRE = "expire"  # its time is over
    RENEW = "renew"  # its eSIM has a bundle again


RESERVE_LIFE = StateMachine(
    {
        (ReserveState.OPEN, ReserveEvent.USE_UP): ReserveState.USED_UP,
        (ReserveState.OPEN, ReserveEvent.EXPIRE): ReserveState.EXPIRED,
        (ReserveState.OPEN, ReserveEvent.RENEW): ReserveState.RENEWED,
    }
)
