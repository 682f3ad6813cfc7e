"""When a supplier that does not answer is left alone, and for how long: a circuit breaker.

    closed ──failures──▶ open ──its pause is over──▶ half_open ──an order is answered──▶ closed
                          ▲                             │
                          └─────── no answer: twice the pause

A failure is a call without a clean answer. A refusal is an answer. Lookups are answered by many a
supplier that can't take orders, so only an answered order closes it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

IN_A_ROW = 5
LATELY, OF_THEM = 20, 10  # Half of the latest calls.
PAUSE_FIRST, PAUSE_MOST = timedelta(seconds=30), timedelta(minutes=10)
# How long an order that tries a supplier out may take before another one may.
TRIAL = timedelta(seconds=90)
# Meanwhile queries go on, one at a time.
QUERY_EVERY = timedelta(seconds=20)
_ANSWERED, _LOST = ".", "x"


class BreakerState(StrEnum):
    """Whether orders are placed: CLOSED: yes. OPEN: no. HALF_OPEN: one, to try it out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """`in_a_row`: failures since an order was answered. `lately`: the outcomes of the latest calls,
    oldest first. `retry_at`: when an order may try the supplier out; None: closed."""

    state: BreakerState = BreakerState.CLOSED
    in_a_row: int = 0
    lately: str = ""
    pause: timedelta = timedelta(0)
    retry_at: datetime | None = None


def after_call(breaker: Breaker, *, is_answered: bool, is_order: bool, now: datetime) -> Breaker:
    """Return the breaker after a call to its supplier."""
    if is_answered and is_order and breaker.state is not BreakerState.CLOSED:
        return Breaker()
    if breaker.state is BreakerState.HALF_OPEN and is_order:
        return _opened(min(breaker.pause * 2, PAUSE_MOST), now)
    if breaker.state is not BreakerState.CLOSED:
        return breaker
    lately = (breaker.lately + (_ANSWERED if is_answered else _LOST))[-LATELY:]
    in_a_row = breaker.in_a_row + (not is_answered)
    if is_answered and is_order:
        in_a_row = 0
    is_often = len(lately) == LATELY and lately.count(_LOST) >= OF_THEM
    if not is_answered and (in_a_row >= IN_A_ROW or is_often):
        return _opened(PAUSE_FIRST, now)
    return replace(breaker, in_a_row=in_a_row, lately=lately)


def _opened(pause: timedelta, now: datetime) -> Breaker:
    return Breaker(state=BreakerState.OPEN, pause=pause, retry_at=now + pause)
