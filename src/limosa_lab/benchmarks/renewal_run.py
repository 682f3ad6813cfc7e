"""The two phases of `limosa bench renew`: a cluster, its processes, and the output."""

import multiprocessing
import os
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from limosa_lab.benchmarks.cluster import measured_cluster
from limosa_lab.benchmarks.processes import cpu_seconds_of_cluster

TARGET = "target: at least 120 renewals/s, p99 at most 250 ms at half load, at most 30 statements"


@dataclass(frozen=True, slots=True)
class Phase:
    """What all processes together did in one phase."""

    results: list[Any]
    postgres_cpu_seconds: float

    @property
    def renewals(self) -> int:
        return sum(result.renewals for result in self.results)

    @property
    def per_second(self) -> float:
        return float(sum(result.renewals / result.wall_seconds for result in self.results))

    @property
    def credit_milliseconds(self) -> list[float]:
        return sorted(s * 1000 for result in self.results for s in result.credit_seconds)

    def mean_milliseconds(self, name: str) -> float:
        return float(1000 * sum(getattr(result, name) for result in self.results) / self.renewals)


def measure_renewals(*, seconds: float, processes: int, esims: int) -> None:
    """Run both phases and print the measurements."""
    with _stack() as keys_folder:
        django.setup()
        from limosa_lab.benchmarks.renewal_data import check_credits, make_esims

        esim_ids = make_esims(count=esims)
        context = multiprocessing.get_context("spawn")
        print(f"renewing with {processes} processes for {seconds:g} s, as fast as it goes …")
        full = _phase(context, esim_ids, keys_folder, processes, seconds, None)
        _print_phase("full load", full)
        print(f"the same at half of that, {full.per_second / 2:.0f} renewals/s …")
        half = _phase(context, esim_ids, keys_folder, processes, seconds, full.per_second / 2)
        _print_phase("half load", half)
        _print_where_time_goes(full)
        check_credits(renewals=full.renewals + half.renewals)
        print("books: each renewal credited once, journal even")
        print(TARGET)


@contextmanager
def _stack() -> Iterator[Path]:
    """Start a cluster and create WeChat's keys; set the environment for both."""
    from limosa.simulators.payment_gateway.wechatpay.merchant import prepare

    with measured_cluster() as folder:
        os.environ.update(prepare(folder / "gateway", "http://127.0.0.1:1"))
        yield folder / "gateway"


def _phase(
    context: Any,
    esim_ids: list[int],
    keys_folder: Path,
    processes: int,
    seconds: float,
    per_second: float | None,
) -> Phase:
    """Run one phase in new processes that all begin together."""
    results = context.Queue()
    gate = context.Barrier(processes + 1)
    pace = per_second / processes if per_second else None
    workers = [
        context.Process(
            target=_work,
            args=(esim_ids[turn::processes], keys_folder, seconds, pace, gate, results),
        )
        for turn in range(processes)
    ]
    for worker in workers:
        worker.start()
    gate.wait(timeout=120)
    cpu_before = cpu_seconds_of_cluster(keys_folder.parent)
    measured = [results.get(timeout=seconds * 4 + 60) for _ in workers]
    cpu_after = cpu_seconds_of_cluster(keys_folder.parent)
    for worker in workers:
        worker.join()
    return Phase(measured, cpu_after - cpu_before)


def _work(
    esim_ids: list[int],
    keys_folder: Path,
    seconds: float,
    pace: float | None,
    gate: Any,
    results: Any,
) -> None:
    django.setup()
    from limosa.simulators.payment_gateway.wechatpay.crypto import load_private
    from limosa_lab.benchmarks.renewals import Renewer

    key = load_private((keys_folder / "platform_private_key.pem").read_bytes())
    renewer = Renewer(esim_ids=esim_ids, platform_key=key)
    renewer.renew()  # Connect, compile, fill caches: not measured.
    gate.wait(timeout=120)
    measured = renewer.run(seconds=seconds, per_second=pace)
    results.put(measured)


def _print_phase(name: str, phase: Phase) -> None:
    times = phase.credit_milliseconds
    python_cpu = phase.mean_milliseconds("cpu_seconds")
    postgres_cpu = 1000 * phase.postgres_cpu_seconds / phase.renewals
    statements = sum(result.sql_statements for result in phase.results) / phase.renewals
    print(f"{name}: {phase.per_second:.1f} renewals/s ({phase.renewals} in all)")
    print(
        f"  notification to credit: p50 {statistics.median(times):.1f} ms, "
        f"p99 {times[int(len(times) * 0.99)]:.1f} ms, worst {times[-1]:.1f} ms"
    )
    print(
        f"  CPU per renewal: {python_cpu + postgres_cpu:.2f} ms "
        f"(Python {python_cpu:.2f}, PostgreSQL {postgres_cpu:.2f})"
    )
    print(f"  SQL statements per renewal: {statements:.1f}, without BEGIN and COMMIT")


def _print_where_time_goes(phase: Phase) -> None:
    stages: Counter[str] = Counter()
    for result in phase.results:
        stages.update(result.stage_seconds)
    whole = sum(stages.values())
    print("where a renewal's time goes at full load (waiting for the processor included):")
    for name, spent in stages.items():
        print(f"  {name:<28}{1000 * spent / phase.renewals:7.2f} ms {100 * spent / whole:5.1f} %")
    sql = sum(result.sql_seconds for result in phase.results)
    print(
        f"  in SQL statements, of all:  {1000 * sql / phase.renewals:7.2f} ms "
        f"{100 * sql / whole:5.1f} %"
    )
