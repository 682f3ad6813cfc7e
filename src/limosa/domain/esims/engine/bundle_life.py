"""The life of a bundle: what may happen to it in which state, and what it is then.

    queued ── begin ──▶ active ──┬── exhaust ─▶ exhausted
       │                         ├── expire ──▶ expired
       └── (as active) ──────────┴── refund ──▶ refunded

When it begins and ends is said in lifecycle.py.
"""

from datetime import datetime
from enum import StrEnum

from limosa.foundation.state_machine import StateMachine, TransitionRefusedError


class BundleState(StrEnum):
    """The life of a bundle; the first two are open, the last three are final."""

    QUEUED = "queued"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class BundleEvent(StrEnum):
    """What happens to a bundle."""

    BEGIN = "begin"  # its time, its turn or its first byte has come
    EXHAUST = "exhaust"  # its last byte was used, maybe by the report that began it
    EXPIRE = "expire"  # its time is over, or its first byte did not come
    REFUND = "refund"  # its order was paid back


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


def may_be_returned(
    state: str, *, used_bytes: int, ends_at: datetime | None, now: datetime
) -> bool:
    """Whether all of a bundle's money may go back: none of it was used, and its time is not over.

    The state alone does not say the last: it is written some seconds after the end.
    """
    is_over = ends_at is not None and ends_at <= now
    return not used_bytes and not is_over and BUNDLE_LIFE.allows(state, BundleEvent.REFUND)


def used_up_to(before: str, after: str) -> BundleState:
    """Return the state after a report of use that leads from one to the other, or changes neither.

    Raises: TransitionRefusedError.
    """
    if before == after and before in OPEN_STATES:
        return BundleState(after)
    event = _LEADS_TO.get(BundleState(after))
    if event is None:
        raise TransitionRefusedError(f"no report of use makes a bundle {after}")
    return BUNDLE_LIFE.after(before, event)
