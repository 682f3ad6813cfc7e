"""When a supplier that does not answer is left alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.engine.breaking import (
    IN_A_ROW,
    LATELY,
    OF_THEM,
    PAUSE_FIRST,
    PAUSE_MOST,
    Breaker,
    BreakerState,
    after_call,
)

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)


def called(breaker: Breaker, said: str, now: datetime = NOW) -> Breaker:
    """Return it after calls: O, o: an order, answered or not; Q, q: a query."""
    for one in said:
        breaker = after_call(breaker, is_answered=one.isupper(), is_order=one in "oO", now=now)
    return breaker


def half_open(pause: timedelta = PAUSE_FIRST) -> Breaker:
    return Breaker(state=BreakerState.HALF_OPEN, pause=pause, retry_at=NOW)


def test_it_opens_after_so_many_in_a_row_and_not_before() -> None:
    assert called(Breaker(), "o" * (IN_A_ROW - 1)).state is BreakerState.CLOSED
    opened = called(Breaker(), "o" * IN_A_ROW)
    assert (opened.state, opened.retry_at) == (BreakerState.OPEN, NOW + PAUSE_FIRST)


def test_an_answered_order_begins_the_row_anew_and_an_answered_query_does_not() -> None:
    assert called(Breaker(), "oooo" + "O" + "oooo").state is BreakerState.CLOSED
    assert called(Breaker(), "oooo" + "Q" + "o").state is BreakerState.OPEN


def test_it_opens_when_half_of_the_latest_calls_fail() -> None:
    assert called(Breaker(), "Oo" * (OF_THEM - 1) + "O").state is BreakerState.CLOSED
    assert called(Breaker(), "Oo" * OF_THEM).state is BreakerState.OPEN
    assert called(Breaker(), "OOo" * LATELY).state is BreakerState.CLOSED


def test_its_pause_doubles_up_to_a_limit_and_an_answered_order_closes_it() -> None:
    pause = PAUSE_FIRST
    for _ in range(9):
        again = called(half_open(pause), "o")
        assert again.state is BreakerState.OPEN
        assert again.pause == min(pause * 2, PAUSE_MOST)
        assert again.retry_at == NOW + again.pause
        pause = again.pause
    assert pause == PAUSE_MOST
    assert called(half_open(pause), "O") == Breaker()


def test_queries_neither_close_it_nor_make_it_wait_longer() -> None:
    for state in (half_open(), called(Breaker(), "ooooo")):
        assert called(state, "qQqQ", NOW + timedelta(hours=1)) == state


@given(st.text("OoQq", max_size=80))
def test_it_is_left_alone_only_for_a_time(said: str) -> None:
    found = called(Breaker(), said)
    assert (found.retry_at is None) == (found.state is BreakerState.CLOSED)
    assert found.pause <= PAUSE_MOST
    assert len(found.lately) <= LATELY
    if said.endswith("O"):
        assert found.state is BreakerState.CLOSED


@given(st.text("OQ", max_size=80))
def test_one_that_answers_is_never_left_alone(said: str) -> None:
    assert called(Breaker(), said).state is BreakerState.CLOSED
