"""What follows from a provider's word on a refund.

One that has ended does not end otherwise because a notification says so: notifications come late,
twice and in any order. Nor is one believed that we never asked for. The provider is asked, and its
answer is believed.
"""

from collections.abc import Mapping
from enum import StrEnum

from limosa.domain.payments.facts import RefundOutcome


class Step(StrEnum):
    """What is to be done."""

    NO_NEWS = "no_news"
    ALREADY = "already_applied"
    ASK = "differs_ask_again"
    SUCCEED = "succeed"
    FAIL = "fail"
    COME_BACK = "come_back"


_SUCCEEDED, _FAILED = RefundOutcome.SUCCEEDED, RefundOutcome.FAILED
# By RefundState; they are plain strings here. What is absent is no news.
_STEPS: Mapping[tuple[str, RefundOutcome], Step] = {
    ("found", _SUCCEEDED): Step.SUCCEED,
    ("found", RefundOutcome.PENDING): Step.ASK,
    ("requested", _SUCCEEDED): Step.SUCCEED,
    ("requested", _FAILED): Step.FAIL,
    ("sent", _SUCCEEDED): Step.SUCCEED,
    ("sent", _FAILED): Step.FAIL,
    ("failed", _SUCCEEDED): Step.SUCCEED,
    **{("succeeded", outcome): Step.ALREADY for outcome in RefundOutcome},
    ("succeeded", _FAILED): Step.COME_BACK,
    **{("settled", outcome): Step.ALREADY for outcome in RefundOutcome},
    ("settled", _SUCCEEDED): Step.SUCCEED,
}
ASKED_FIRST = frozenset({"found", "succeeded", "failed", "settled"})
_CHANGES = {Step.SUCCEED, Step.FAIL, Step.COME_BACK}


def next_step(state: str, outcome: RefundOutcome, *, is_answer: bool) -> Step:
    """Return what follows. `is_answer`: the provider said it because we asked."""
    step = _STEPS.get((state, outcome), Step.NO_NEWS)
    if step in _CHANGES and state in ASKED_FIRST and not is_answer:
        return Step.ASK
    return step
