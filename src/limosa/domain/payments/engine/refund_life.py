"""The life of a refund: which events are allowed in which state, and the resulting state.

    requested ⇄ sent ──┬── succeed ──▶ succeeded ── come back ──▶ failed
                       ├── fail ─────▶ failed ───── settle ────▶ settled
    found ── succeed ──┘  (also a failed and a settled one may succeed after all)

refund_news.py decides which reports from the provider are believed, and what follows from them.
"""

from dataclasses import dataclass
from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class RefundState(StrEnum):
    """requested → sent → succeeded | failed | settled; failed → succeeded | settled.

    succeeded → failed: the money came back to us. found → succeeded: a refund by hand, which is not
    believed until the provider has been asked.
    """

    FOUND = "found"

    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SETTLED = "settled"


class RefundEvent(StrEnum):
    """What happens to a refund."""

    ACCEPT = "accept"  # the provider has it
    FORGET = "forget"  # the provider has never heard of it
    SUCCEED = "succeed"  # the money arrived
    FAIL = "fail"  # it will not arrive without help
    COME_BACK = "come_back"  # it had arrived, and came back to us: it is owed again
    COME_BACK_SETTLED = "come_back_settled"  # the same, but nothing of it is owed
    SETTLE_PART = "settle_part"  # the person got part of it another way
    SETTLE = "settle"  # the person got all that was owed another way


_REQUESTED, _SENT, _FAILED = RefundState.REQUESTED, RefundState.SENT, RefundState.FAILED
_SUCCEEDED, _SETTLED = RefundState.SUCCEEDED, RefundState.SETTLED
# The provider is polled until it has reported the outcome.
UNDER_WAY = (_REQUESTED, _SENT)
# The order in which refunds are settled: those that the provider may be paying come last.
OWED_STATES = (_FAILED, *UNDER_WAY)

REFUND_LIFE = StateMachine(
    {
        **{(state, RefundEvent.ACCEPT): _SENT for state in UNDER_WAY},
        **{(state, RefundEvent.FORGET): _REQUESTED for state in UNDER_WAY},
        **{
            (state, RefundEvent.SUCCEED): _SUCCEEDED
            for state in (RefundState.FOUND, *UNDER_WAY, _FAILED, _SETTLED)
        },
        **{(state, RefundEvent.FAIL): _FAILED for state in UNDER_WAY},
        (_SUCCEEDED, RefundEvent.COME_BACK): _FAILED,
        (_SUCCEEDED, RefundEvent.COME_BACK_SETTLED): _SETTLED,
        **{(state, RefundEvent.SETTLE_PART): _FAILED for state in OWED_STATES},
        **{(state, RefundEvent.SETTLE): _SETTLED for state in OWED_STATES},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeByHand:
    """What a refund by hand was: its amount according to the provider, the part that reversed the
    sale, and the part that is a loss. The rest paid refunds that were owed."""

    amount_minor: int
    reversed_minor: int
    lost_minor: int
