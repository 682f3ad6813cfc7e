"""A worker's round of questions: several calls at a time, to all suppliers that have any due."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connections

from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.ask_usage import ask_usage
from limosa.domain.charging.operations.take_usage_batch import TakenWatch
from limosa.domain.charging.suppliers import suppliers_that_count

Taken = Callable[[Sequence[TakenWatch]], object]
# Of a thread: then the next round begins, with the suppliers that have come due meanwhile.
_CALLS_IN_A_ROUND = 20


def ask_what_is_due(
    *, clock: Callable[[], datetime], calls_at_a_time: int, on_taken: Taken | None = None
) -> int:
    """Ask suppliers for the use that is due, until none is or none takes a call; return how many
    calls were answered.

    Each thread begins with another supplier, so that one that hangs does not hold up the others.
    `on_taken`: is told what each call is about to ask for, in its thread.
    """
    due = [code for code in suppliers_that_count() if _is_due(code, clock())]
    if not due:
        return 0

    def ask_in_turn(number: int) -> int:
        turn = number % len(due)
        try:
            return _ask([*due[turn:], *due[:turn]], clock, on_taken)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(calls_at_a_time, thread_name_prefix="usage") as threads:
        return sum(threads.map(ask_in_turn, range(calls_at_a_time)))


def _is_due(supplier_code: str, now: datetime) -> bool:
    return UsageWatch.objects.filter(supplier=supplier_code, next_at__lte=now).exists()


def _ask(suppliers: Sequence[str], clock: Callable[[], datetime], on_taken: Taken | None) -> int:
    answered = 0
    while suppliers and answered < _CALLS_IN_A_ROUND:
        suppliers = [
            code
            for code in suppliers
            if ask_usage(supplier_code=code, now=clock(), on_taken=on_taken)
        ]
        answered += len(suppliers)
    return answered
