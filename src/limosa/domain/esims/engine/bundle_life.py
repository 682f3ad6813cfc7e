"""The life of a bundle: which events are allowed in which state, and the resulting state.

    queued ── begin ──▶ active ──┬── exhaust ─▶ exhausted
       │                         ├── expire ──▶ expired
       └── (as active) ──────────┴── refund ──▶ refunded

lifecycle.py decides when it begins and ends.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from limosa.foundation.state_machine import StateMachine, TransitionRefusedError


class BundleState(StrEnum):
    """The states of a bundle; the first two are open, the last three are final."""

    QUEUED = "queued"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class BundleEvent(StrEnum):
    """What happens to a bundle."""

    BEGIN = "begin"  # its start time, its turn or its first byte has come
    EXHAUST = "exhaust"  # its last byte was used, perhaps by the report that started it
    EXPIRE = "expire"  # its time is over, or its first byte did not come in time
    REFUND = "refund"  # its order was refunded


OPEN_STATES = (BundleState.QUEUED, BundleState.ACTIVE)

BUNDLE_LIFE = StateMachine(
    {
        (BundleState.QUEUED, BundleEvent.BEGIN): BundleState.ACTIVE,
        **{(state, BundleEvent.EXHAUST): BundleState.EXHAUSTED for state in OPEN_STATES},
        **{(state, BundleEvent.EXPIRE): BundleState.EXPIRED for state in OPEN_STATES},
        **{(state, BundleEvent.REFUND): BundleState.REFUNDED for state in OPEN_STATES},
    }
)
_LEADS_TO = {
    BundleState.ACTIVE: BundleEvent.BEGIN,
    BundleState.EXHAUSTED: BundleEvent.EXHAUST,
    BundleState.EXPIRED: BundleEvent.EXPIRE,
}


class Returnable(Protocol):
    """What the rule of refunds looks at: a bundle."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def used_bytes(self) -> int:
        """What was used of it."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, once that is known."""


def may_be_returned(bundle: Returnable, *, now: datetime) -> bool:
    """Whether all of a bundle's money may be refunded: none of it was used, and it has not ended.

    The state alone is not enough: it is updated some seconds after the end.
    """
    is_over = bundle.ends_at is not None and bundle.ends_at <= now
    may_go = BUNDLE_LIFE.allows(bundle.state, BundleEvent.REFUND)
    return may_go and not bundle.used_bytes and not is_over


def used_up_to(before: str, after: str) -> BundleState:
    """Return the state after a usage report that moves a bundle from one state to the other, if at
    all.

    Raises: TransitionRefusedError.
    """
    if before == after and before in OPEN_STATES:
        return BundleState(after)
    event = _LEADS_TO.get(BundleState(after))
    if event is None:
        raise TransitionRefusedError(f"no report of use makes a bundle {after}")
    return BUNDLE_LIFE.after(before, event)
