"""One process of `limosa bench usage`: it does what a worker's job does, on the fast clock."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from limosa.domain.charging.operations.take_usage_batch import TakenWatch
from limosa.domain.charging.rounds import ask_what_is_due
from limosa.domain.connectivity.registry import adapter_for
from limosa_lab.benchmarks.usage.clock import FastClock
from limosa_lab.benchmarks.usage.findings import Question
from limosa_lab.benchmarks.usage.suppliers import ADAPTERS, CountingSupplier

# As often as the worker's sweep, and with as many calls.
_EVERY_SECONDS = 5.0


@dataclass(slots=True)
class Record:
    """What one process asked, how late it took each eSIM, and the CPU time it needed."""

    questions: list[Question] = field(default_factory=list)
    lags: list[timedelta] = field(default_factory=list)
    cpu_seconds: float = 0.0


def set_suppliers(clock: FastClock) -> list[CountingSupplier]:
    """Name the suppliers in the settings, set their clock, and return them."""
    settings.SUPPLIER_ADAPTERS = dict(ADAPTERS)
    adapter_for.cache_clear()
    CountingSupplier.clock = clock
    found = [adapter_for(code) for code in ADAPTERS]
    return [one for one in found if isinstance(one, CountingSupplier)]


def work(clock: FastClock, *, until: datetime, calls_at_a_time: int) -> Record:
    """Ask for what is due, each five of the clock's seconds, until a moment."""
    suppliers, record = set_suppliers(clock), Record()
    cpu_before = time.process_time()

    def note(taken: Sequence[TakenWatch]) -> None:
        now = clock.now()
        record.lags.extend(now - one.planned_at for one in taken)

    while clock.now() < until:
        begun = clock.now()
        ask_what_is_due(clock=clock.now, calls_at_a_time=calls_at_a_time, on_taken=note)
        spent = (clock.now() - begun).total_seconds()
        clock.pause(max(_EVERY_SECONDS - spent, 0))
    record.cpu_seconds = time.process_time() - cpu_before
    record.questions = [question for one in suppliers for question in one.questions]
    return record
