"""What follows from a provider's report on a refund.

A notification alone does not change how a refund has ended, since notifications come late, twice
and in any order; nor is one believed about a refund that we never requested. The provider is asked,
and its answer is believed.
"""

from collections.abc import Mapping
from enum import StrEnum

from limosa.domain.payments.engine.refund_life import RefundState
from limosa.domain.payments.status_reports import RefundOutcome


class Step(StrEnum):
    """The next step."""

    NO_NEWS = "no_news"
    ALREADY = "already_applied"
    ASK = "differs_ask_again"
    SUCCEED = "succeed"
    FAIL = "fail"
    COME_BACK = "come_back"


_SUCCEEDED, _FAILED = RefundOutcome.SUCCEEDED, RefundOutcome.FAILED
# Combinations that are absent have no effect.
_STEPS: Mapping[tuple[str, RefundOutcome], Step] = {
    (RefundState.FOUND, _SUCCEEDED): Step.SUCCEED,
    (RefundState.FOUND, RefundOutcome.PENDING): Step.ASK,
    (RefundState.REQUESTED, _SUCCEEDED): Step.SUCCEED,
    (RefundState.REQUESTED, _FAILED): Step.FAIL,
    (RefundState.SENT, _SUCCEEDED): Step.SUCCEED,
    (RefundState.SENT, _FAILED): Step.FAIL,
    (RefundState.FAILED, _SUCCEEDED): Step.SUCCEED,
    **{(RefundState.SUCCEEDED, outcome): Step.ALREADY for outcome in RefundOutcome},
    (RefundState.SUCCEEDED, _FAILED): Step.COME_BACK,
    **{(RefundState.SETTLED, outcome): Step.ALREADY for outcome in RefundOutcome},
    (RefundState.SETTLED, _SUCCEEDED): Step.SUCCEED,
}
ASKED_FIRST = frozenset(
    {RefundState.FOUND, RefundState.SUCCEEDED, RefundState.FAILED, RefundState.SETTLED}
)
_CHANGES = {Step.SUCCEED, Step.FAIL, Step.COME_BACK}


def next_step(state: str, outcome: RefundOutcome, *, is_answer: bool) -> Step:
    """Return the next step. `is_answer`: the report answers our own query."""
    step = _STEPS.get((state, outcome), Step.NO_NEWS)
    if step in _CHANGES and state in ASKED_FIRST and not is_answer:
        return Step.ASK
    return step
