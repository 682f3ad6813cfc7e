"""`limosa bench usage`: a cluster, the rows, the processes, and the output."""

import multiprocessing
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import django

from limosa_lab.benchmarks.cluster import measured_cluster
from limosa_lab.benchmarks.processes import busy_seconds_of_machine, cpu_seconds_of_cluster
from limosa_lab.benchmarks.usage.clock import START, FastClock
from limosa_lab.benchmarks.usage.findings import (
    Question,
    asked_twice,
    most_in_a_minute,
    percentile,
)

LAG_MAX = timedelta(minutes=2)
TARGET = f"target: 99 of 100 asked for within {LAG_MAX.seconds // 60} minutes of what was planned"
# Whatever is planned for the end is asked for soon after.
_AFTER = timedelta(minutes=3)


def measure_usage(*, esims: int, processes: int, speed: float, minutes: int) -> bool:
    """Print the measurements; return whether they meet the target, and no check failed.

    `minutes`: of the hour, from its beginning.
    """
    with measured_cluster() as folder:
        django.setup()
        planned = _prepare(esims, minutes)
        length = timedelta(minutes=minutes) + _AFTER
        print(
            f"{minutes} minutes of an hour in which all are asked for, with {processes} processes, "
            f"on a clock that runs {speed:g} times as fast: {length.seconds / speed / 60:.1f} "
            "minutes …"
        )
        cpu_before, busy_before = cpu_seconds_of_cluster(folder), busy_seconds_of_machine()
        records = _work_together(processes, speed, length)
        seconds = length.total_seconds() / speed
        busy = (busy_seconds_of_machine() - busy_before) / seconds
        database = cpu_seconds_of_cluster(folder) - cpu_before
        is_met = _print_findings(planned, records)
        python, times = (sum(parts) for parts in zip(*map(_costs, records), strict=True))
        print(
            f"CPU for each time an eSIM was asked for: {1000 * (python + database) / times:.1f} ms "
            f"(Python {1000 * python / times:.1f}, PostgreSQL {1000 * database / times:.1f}); "
            f"the whole machine had {busy:.1f} processors in use"
        )
        return is_met and _check_rows(planned)


def _costs(record: Any) -> tuple[float, int]:
    return record.cpu_seconds, len(record.lags)


def _prepare(esims: int, minutes: int) -> int:
    """Make the rows, and have the product plan when each is asked for; return how many it did for
    the first minutes."""
    from django.core.management import call_command

    from limosa.domain.charging.models import UsageWatch
    from limosa.domain.charging.operations.watch_open_bundles import watch_open_bundles
    from limosa_lab.benchmarks.usage.data import make_rows
    from limosa_lab.benchmarks.usage.worker import set_suppliers

    print(f"making {esims:,} eSIMs with a running bundle each …")
    call_command("migrate", interactive=False, verbosity=0)
    make_rows(esims=esims)
    set_suppliers(FastClock(time.monotonic(), 1))
    while watch_open_bundles(now=START):
        pass
    return UsageWatch.objects.filter(next_at__lt=START + timedelta(minutes=minutes)).count()


def _work_together(processes: int, speed: float, length: timedelta) -> list[Any]:
    context = multiprocessing.get_context("spawn")
    results, gate, began_at = context.Queue(), context.Barrier(processes + 1), context.Value("d")
    workers = [
        context.Process(target=_work, args=(gate, began_at, speed, length, results))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    gate.wait(timeout=300)  # All are up,
    began_at.value = time.monotonic()
    gate.wait(timeout=120)  # and may begin.
    seconds = length.total_seconds() / speed
    records = [results.get(timeout=seconds + 300) for _ in workers]
    for worker in workers:
        worker.join()
    return records


def _work(gate: Any, began_at: Any, speed: float, length: timedelta, results: Any) -> None:
    django.setup()
    from django.db import connection

    from limosa.domain.charging.tasks import CALLS_AT_A_TIME
    from limosa_lab.benchmarks.usage.worker import work

    connection.ensure_connection()
    gate.wait(timeout=300)
    gate.wait(timeout=120)
    clock = FastClock(began_at.value, speed)
    results.put(work(clock, until=START + length, calls_at_a_time=CALLS_AT_A_TIME))


def _print_findings(planned: int, records: Sequence[Any]) -> bool:
    from limosa_lab.benchmarks.usage.suppliers import SUPPLIERS

    questions: list[Question] = [one for record in records for one in record.questions]
    lags = sorted(lag for record in records for lag in record.lags)
    asked = {iccid for question in questions for iccid in question.iccids}
    twice, most = asked_twice(questions), most_in_a_minute(questions)
    print(
        f"{len(asked):,} eSIMs asked for, {planned:,} had to be, {len(lags):,} times, "
        f"in {len(questions):,} calls"
    )
    print(
        f"lag behind the plan: p50 {percentile(lags, 50).total_seconds():.1f} s, "
        f"p99 {percentile(lags, 99).total_seconds():.1f} s, "
        f"worst {lags[-1].total_seconds():.1f} s, in the clock's seconds"
    )
    is_within = True
    for supplier in SUPPLIERS:
        limit = supplier.capabilities.calls_per_minute
        is_within &= most.get(supplier.code, 0) <= limit
        print(f"  {supplier.code}: at most {most.get(supplier.code, 0)} of {limit} calls a minute")
    print(f"asked for twice at once: {len(twice)}")
    print(TARGET)
    return len(asked) >= planned and is_within and not twice and percentile(lags, 99) <= LAG_MAX


def _check_rows(planned: int) -> bool:
    """Return whether each eSIM that had to be asked for has a reading, and each bundle what its
    readings deducted."""
    from limosa.domain.charging.models import UsageReading
    from limosa.domain.charging.queries import usage_drifts

    drifts = len(usage_drifts())
    read = UsageReading.objects.values("esim").distinct().count()
    print(f"rows: {read:,} eSIMs have readings; {drifts} bundles differ from their deductions")
    return read >= planned and not drifts
