"""The life of a change of plan.

held ──┬── count ───▶ counted ── restore ─▶ restored
       └── release ─▶ released
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class PlanChangeState(StrEnum):
    """Where a change stands.

    HELD: its order is not paid; the value is kept for it. COUNTED: it was paid, and the value is
    the new order's. RELEASED: it was never paid, or the value was gone by then. RESTORED: the new
    order was refunded, so the value is the former order's again.
    """

    HELD = "held"
    COUNTED = "counted"
    RELEASED = "released"
    RESTORED = "restored"


class PlanChangeEvent(StrEnum):
    """What happens to a change."""

    COUNT = "count"
    RELEASE = "release"
    RESTORE = "restore"


# While a change is in one of these, no other is begun from the same order.
STANDING = (PlanChangeState.HELD, PlanChangeState.COUNTED)

PLAN_CHANGE_LIFE = StateMachine(
    {
        (PlanChangeState.HELD, PlanChangeEvent.COUNT): PlanChangeState.COUNTED,
        (PlanChangeState.HELD, PlanChangeEvent.RELEASE): PlanChangeState.RELEASED,
        (PlanChangeState.COUNTED, PlanChangeEvent.RESTORE): PlanChangeState.RESTORED,
    }
)
