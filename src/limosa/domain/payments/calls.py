"""Calls to providers, each with a line in the payment's trace."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from limosa.domain.payments.calling import ProviderBusyError
from limosa.domain.payments.models import Payment, ProviderCall
from limosa.domain.rows import insert_row
from limosa.foundation.errors import ProviderError

_Answer = TypeVar("_Answer")
_OUTCOME_LENGTH_MAX = 120
# Calls that take money: charging a saved method when the person submits, and capturing by the
# worker.
CHARGE, CAPTURE = "charge", "capture"


def recorded_call(
    payment: Payment,
    call: str,
    ask: Callable[[], _Answer],
    *,
    outcome: Callable[[_Answer], str],
    now: datetime,
) -> _Answer:
    """Return the result of `ask`, and record its outcome and how long it took.

    Raises: ProviderError, after recording it; ProviderBusyError: no call was made or recorded.
    """
    started = time.perf_counter()
    try:
        answer = ask()
    except ProviderBusyError:
        raise
    except ProviderError as error:
        record_call(payment, call, f"error: {error}", started=started, now=now)
        raise
    record_call(payment, call, outcome(answer), started=started, now=now)
    return answer


def record_call(
    payment: Payment, call: str, outcome: str, *, started: float, now: datetime
) -> None:
    """Record one call; `started` is the value of time.perf_counter() before it."""
    insert_row(
        ProviderCall(
            payment=payment,
            call=call,
            outcome=outcome[:_OUTCOME_LENGTH_MAX],
            called_at=now,
            duration_ms=round((time.perf_counter() - started) * 1000),
        )
    )
