"""Calls to suppliers, each with a line in the order's trace. None is made inside a transaction."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Refused,
    SupplyAnswer,
    UnderReview,
    UndoAnswer,
)
from limosa.domain.connectivity.engine.supplying import Lost, NextCall, held_back_for
from limosa.domain.connectivity.models import REASON_LENGTH_MAX, SupplierCall, Supply
from limosa.domain.connectivity.operations.note_supplier_call import note_supplier_call
from limosa.domain.http.messages import TooManyCallsError
from limosa.foundation.errors import ProviderError

_Answer = TypeVar("_Answer", bound=SupplyAnswer | UndoAnswer)
_OUTCOME_LENGTH_MAX = 120


def call_supplier(
    supply: Supply, call: NextCall, ask: Callable[[], _Answer], *, now: datetime
) -> _Answer | Lost:
    """Return the result of `ask`, or Lost; record the outcome and how long it took."""
    started = time.perf_counter()
    answer: _Answer | Lost
    is_told_to_wait = False
    try:
        answer = ask()
    except TooManyCallsError as error:
        answer, is_told_to_wait = Lost("rate_limited", wait=error.wait), True
    except ProviderError as error:
        answer = Lost(str(error)[:REASON_LENGTH_MAX])
    SupplierCall.objects.create(
        supply=supply,
        call=call.value,
        outcome=_words(answer)[:_OUTCOME_LENGTH_MAX],
        called_at=now,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )
    note_supplier_call(
        supplier_code=supply.supplier_id,
        # That it takes no more calls is an answer: it is there.
        is_answered=not isinstance(answer, Lost) or is_told_to_wait,
        is_order=call in {NextCall.ORDER, NextCall.REORDER},
        held_back_for=held_back_for(answer),
        now=now,
    )
    return answer


def _words(answer: SupplyAnswer | UndoAnswer | Lost) -> str:
    match answer:
        case Refused(failure=failure, reason=reason):
            return f"refused, {failure}: {reason}"
        case Lost(reason=reason):
            return f"error: {reason}"
        case CancelAnswer():
            return answer.value
        case UnderReview(application=application):
            return f"under_review: {application}" if application else "under_review"
        case _:
            return type(answer).__name__.lower()
