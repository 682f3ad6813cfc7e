"""The life of a refund: what may happen to it in which state, and what it is then.

    requested ⇄ sent ──┬── succeed ──▶ succeeded ── come back ──▶ failed
                       ├── fail ─────▶ failed ───── settle ────▶ settled
    found ── succeed ──┘  (also a failed and a settled one may succeed after all)

What follows from a provider's word, and which words are believed, is said in refund_news.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class RefundState(StrEnum):
    """requested → sent → succeeded | failed | settled; failed → succeeded | settled.

    succeeded → failed: the money came back to us. found → succeeded: one that was made at the
    provider by hand; until the provider has been asked for it, nothing of it is believed.
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
    FAIL = "fail"  # it will not arrive by itself
    COME_BACK = "come_back"  # it had arrived, and came back to us: it is owed again
    COME_BACK_SETTLED = "come_back_settled"  # the same, of one of which nothing is owed
    SETTLE_PART = "settle_part"  # the person has a part of it by another way
    SETTLE = "settle"  # the person has all that was owed by another way


_REQUESTED, _SENT, _FAILED = RefundState.REQUESTED, RefundState.SENT, RefundState.FAILED
_SUCCEEDED, _SETTLED = RefundState.SUCCEEDED, RefundState.SETTLED
# The provider is asked for it until it has said what becomes of it.
UNDER_WAY = (_REQUESTED, _SENT)
# In the order in which they are settled: last what the provider may be giving.
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
    """What a refund is that somebody made at the provider: its amount, as the provider says, and
    what of it undid the sale and what is a loss. The rest paid refunds that were owed."""

    amount_minor: int
    reversed_minor: int
    lost_minor: int
