"""A supplier that says how long it wants to be left alone is left alone so long."""

from datetime import timedelta

import pytest

from limosa.domain.connectivity.answers import Failure, Refused, SupplyAnswer
from limosa.domain.connectivity.capabilities import Capabilities, Idempotency
from limosa.domain.connectivity.engine.pauses import ELSEWHERE_AFTER
from limosa.domain.connectivity.engine.supplying import (
    HELD_BACK_MOST,
    Lost,
    NextCall,
    Outcome,
    SupplyNow,
    SupplyState,
    after_answer,
    held_back_for,
)

CAN = Capabilities(idempotency=Idempotency.LOOKED_UP)
ASKED = SupplyNow(state=SupplyState.ASKED, is_wanted=True, attempts=1)
AND_ANOTHER = SupplyNow(state=SupplyState.ASKED, is_wanted=True, attempts=1, has_another=True)


def busy(seconds: int) -> Refused:
    wait = timedelta(seconds=seconds)
    return Refused(failure=Failure.AGAIN, reason="rate_limited", wait=wait)


def after(supply: SupplyNow, answer: SupplyAnswer | Lost, call: NextCall) -> Outcome:
    outcome = after_answer(supply, answer, call=call, can=CAN)
    assert outcome is not None
    return outcome


@pytest.mark.parametrize(("said", "waits"), [(1, 5), (59, 59), (600, 600), (86400, 600)])
def test_an_order_that_has_no_other_supplier_waits(said: int, waits: int) -> None:
    outcome = after(ASKED, busy(said), NextCall.ORDER)
    assert outcome.state is SupplyState.DUE
    assert outcome.next_after == timedelta(seconds=waits)


def test_where_another_is_and_the_wait_is_long_it_goes_there_at_once() -> None:
    limit = int(ELSEWHERE_AFTER.total_seconds())
    assert after(AND_ANOTHER, busy(limit), NextCall.ORDER).state is SupplyState.REFUSED
    assert after(AND_ANOTHER, busy(limit - 1), NextCall.ORDER).state is SupplyState.DUE


def test_a_query_waits_too_and_nothing_is_believed_of_the_order() -> None:
    lost = Lost("HTTP 429", timedelta(minutes=5))
    outcome = after(ASKED, lost, NextCall.LOOK_UP)
    assert (outcome.state, outcome.next_after) == (SupplyState.ASKED, timedelta(minutes=5))


def test_only_so_long() -> None:
    assert held_back_for(busy(86_400)) == HELD_BACK_MOST
    assert held_back_for(Refused(failure=Failure.AGAIN, reason="busy")) is None
    assert held_back_for(Lost("x")) is None
