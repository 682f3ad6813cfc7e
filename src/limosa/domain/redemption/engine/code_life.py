"""The life of a code.

    made ── activate ──▶ active ── redeem ──▶ redeemed

As long as it is not redeemed, it may also be voided, or expire.
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class CodeState(StrEnum):
    """made → active → redeemed | void | expired; made → void | expired."""

    MADE = "made"
    ACTIVE = "active"
    REDEEMED = "redeemed"
    VOID = "void"
    EXPIRED = "expired"


class CodeEvent(StrEnum):
    """What happens to a code."""

    ACTIVATE = "activate"  # it is worth something from now on
    REDEEM = "redeem"  # its worth goes into a wallet
    VOID = "void"  # staff take it back
    EXPIRE = "expire"  # its batch's time is over


CODE_LIFE = StateMachine(
    {
        (CodeState.MADE, CodeEvent.ACTIVATE): CodeState.ACTIVE,
        (CodeState.ACTIVE, CodeEvent.REDEEM): CodeState.REDEEMED,
        **{(state, CodeEvent.VOID): CodeState.VOID for state in (CodeState.MADE, CodeState.ACTIVE)},
        **{
            (state, CodeEvent.EXPIRE): CodeState.EXPIRED
            for state in (CodeState.MADE, CodeState.ACTIVE)
        },
    }
)
