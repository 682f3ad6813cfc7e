"""The life of a download session, from a phone's first call to the report of what became of it.

    opened -> offered -> bound
    cancelled: from offered and bound, by the phone

The row is deleted when the installation was reported, when a session is cancelled that was not
bound, and when its time is over.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from limosa.foundation.state_machine import StateMachine

# A phone goes on at once; a person reads what is offered, and types a code.
_OPENED_LASTS = timedelta(minutes=10)
_OFFERED_LASTS = timedelta(hours=1)
# A phone may be without network when it has installed: what it reports then has to be verified.
_BOUND_LASTS = timedelta(days=30)


class SessionState(StrEnum):
    """Which call was answered last."""

    OPENED = "opened"
    OFFERED = "offered"
    BOUND = "bound"
    CANCELLED = "cancelled"


class SessionEvent(StrEnum):
    """What a phone asks for."""

    OFFER = "offer"
    BIND = "bind"
    CANCEL = "cancel"


_S, _E = SessionState, SessionEvent
SESSION_LIFE = StateMachine(
    {
        (_S.OPENED, _E.OFFER): _S.OFFERED,
        (_S.OFFERED, _E.BIND): _S.BOUND,
        (_S.BOUND, _E.BIND): _S.BOUND,
        (_S.OFFERED, _E.CANCEL): _S.CANCELLED,
        (_S.BOUND, _E.CANCEL): _S.CANCELLED,
    }
)
_LASTS = {_S.OPENED: _OPENED_LASTS, _S.OFFERED: _OFFERED_LASTS}


def ends_at(state: SessionState, *, now: datetime) -> datetime:
    """Return when a session that comes into a state now is forgotten."""
    return now + _LASTS.get(state, _BOUND_LASTS)
