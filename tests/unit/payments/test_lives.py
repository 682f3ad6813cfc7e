"""What may become of payments, refunds, disputes and settlements, and what may not."""

from enum import StrEnum
from typing import Any

import pytest

from limosa.domain.payments.engine.dispute_life import DISPUTE_LIFE, DisputeEvent, DisputeState
from limosa.domain.payments.engine.payment_life import (
    OPEN_STATES,
    PAYMENT_LIFE,
    PaymentEvent,
    PaymentState,
)
from limosa.domain.payments.engine.problems import Mended, Problem, mended_by, shown_before
from limosa.domain.payments.engine.refund_life import (
    OWED_STATES,
    REFUND_LIFE,
    UNDER_WAY,
    RefundEvent,
    RefundState,
)
from limosa.domain.payments.engine.refund_news import Step, next_step
from limosa.domain.payments.engine.settlement_life import (
    DIFFERENCE_LIFE,
    SETTLEMENT_LIFE,
    DifferenceEvent,
    DifferenceState,
    SettlementEvent,
    SettlementState,
)
from limosa.domain.payments.status_reports import RefundOutcome
from limosa.foundation.state_machine import StateMachine

LIVES: list[tuple[StateMachine[Any, Any], type[StrEnum], type[StrEnum], list[str]]] = [
    (
        PAYMENT_LIFE,
        PaymentState,
        PaymentEvent,
        [
            "created create pending",
            "created process pending",
            "pending process pending",
            "created decline created",
            "pending decline pending",
            "created succeed succeeded",
            "pending succeed succeeded",
            "failed succeed succeeded",
            "expired succeed succeeded",
            "created fail failed",
            "pending fail failed",
            "failed fail failed",
            "created expire expired",
            "pending expire expired",
            "failed expire expired",
            "created cancel cancelled",
        ],
    ),
    (
        REFUND_LIFE,
        RefundState,
        RefundEvent,
        [
            "requested accept sent",
            "sent accept sent",
            "requested forget requested",
            "sent forget requested",
            "found succeed succeeded",
            "requested succeed succeeded",
            "sent succeed succeeded",
            "failed succeed succeeded",
            "settled succeed succeeded",
            "requested fail failed",
            "sent fail failed",
            "succeeded come_back failed",
            "succeeded come_back_settled settled",
            "requested settle_part failed",
            "sent settle_part failed",
            "failed settle_part failed",
            "requested settle settled",
            "sent settle settled",
            "failed settle settled",
        ],
    ),
    (DISPUTE_LIFE, DisputeState, DisputeEvent, ["open win won", "open lose lost"]),
    (
        SETTLEMENT_LIFE,
        SettlementState,
        SettlementEvent,
        [
            "waiting wait waiting",
            "waiting refuse refused",
            "refused wait waiting",
            "refused refuse refused",
            "waiting finish done",
            "refused finish done",
            "done finish done",
        ],
    ),
    (
        DIFFERENCE_LIFE,
        DifferenceState,
        DifferenceEvent,
        ["open resolve resolved", "resolved find_again open"],
    ),
]


@pytest.mark.parametrize(("life", "states", "events", "moves"), LIVES)
def test_it_goes_these_ways_and_no_others(
    life: StateMachine[Any, Any],
    states: type[StrEnum],
    events: type[StrEnum],
    moves: list[str],
) -> None:
    found = [
        f"{state} {event} {life.after(state, event)}"
        for event in events
        for state in states
        if life.allows(state, event)
    ]
    assert sorted(found) == sorted(moves)


def test_money_that_came_stays_with_its_payment() -> None:
    assert PAYMENT_LIFE.nexts(PaymentState.SUCCEEDED) == set()


def test_whatever_is_open_may_end_and_only_that_may_be_declined() -> None:
    assert PAYMENT_LIFE.states_before(PaymentEvent.DECLINE) == list(OPEN_STATES)
    assert set(OPEN_STATES) < set(PAYMENT_LIFE.states_before(PaymentEvent.FAIL))


def test_what_is_owed_can_be_settled_and_nothing_else() -> None:
    assert REFUND_LIFE.states_before(RefundEvent.SETTLE) == list(OWED_STATES)
    assert set(UNDER_WAY) < set(OWED_STATES)


@pytest.mark.parametrize("state", RefundState)
@pytest.mark.parametrize("outcome", RefundOutcome)
@pytest.mark.parametrize("is_answer", [True, False])
def test_every_step_that_news_lead_to_is_one_of_the_refund_s_life(
    state: RefundState, outcome: RefundOutcome, *, is_answer: bool
) -> None:
    event = {
        Step.SUCCEED: RefundEvent.SUCCEED,
        Step.FAIL: RefundEvent.FAIL,
        Step.COME_BACK: RefundEvent.COME_BACK,
    }.get(next_step(state, outcome, is_answer=is_answer))
    assert event is None or REFUND_LIFE.allows(state, event)


def test_an_open_dispute_is_shown_before_what_went_wrong_with_a_refund() -> None:
    hidden = {problem for problem in Problem if Problem.DISPUTED in shown_before(problem)}
    assert hidden == {Problem.REFUND_REFUSED, Problem.REFUND_FAILED, Problem.REFUND_CAME_BACK}
    assert shown_before(Problem.DISPUTED) == set()


def test_the_end_of_a_dispute_clears_it_and_all_that_stood_behind_it() -> None:
    behind = {problem for problem in Problem if shown_before(problem)}
    assert mended_by(Mended.DISPUTE_CLOSED) == {Problem.DISPUTED, *behind}


def test_a_refund_that_arrived_clears_what_went_wrong_with_it_and_nothing_else() -> None:
    assert mended_by(Mended.IN_WALLET) < mended_by(Mended.REFUNDED)
    assert Problem.DISPUTED not in mended_by(Mended.REFUNDED)
