"""`limosa bench reconcile`: a cluster, a day with planted differences, and a measured process."""

import multiprocessing
import resource
from pathlib import Path
from time import monotonic
from typing import Any

import django

from limosa.config.progress import StepBars
from limosa_lab.benchmarks.cluster import measured_cluster

SECONDS_MAX = 60
MEGABYTES_MAX = 500
TARGET = (
    f"target: 100,000 payments in less than {SECONDS_MAX} s and {MEGABYTES_MAX} MB, "
    "and every planted difference found"
)


def measure_reconciliation(*, payments: int) -> bool:
    """Print the measurements; return whether exactly the planted differences were found."""
    with measured_cluster() as folder:
        _set_up_django()
        expected = _make_day(payments, folder / "settlement.csv")
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        work = context.Process(target=_work, args=(folder / "settlement.csv", results))
        work.start()
        seconds, kilobytes, lines, matched = results.get(timeout=600)
        work.join()
        again = context.Process(target=_work, args=(folder / "settlement.csv", results))
        again.start()
        seconds_again, *_ = results.get(timeout=600)
        again.join()
        found = _found()
    size = f"{lines:,} lines, {matched:,} matched"
    print(
        f"reconciled {payments:,} payments in {seconds:.1f} s ({size}), peak {kilobytes >> 10} MB"
    )
    print(f"the same again, which changes nothing: {seconds_again:.1f} s")
    print(
        f"differences: {len(expected & found)} of {len(expected)} planted ones found, "
        f"{len(found - expected)} others"
    )
    for kind, subject in sorted(expected ^ found):
        print(
            f"  {'not found' if (kind, subject) in expected else 'not planted'}: {kind} {subject}"
        )
    print(TARGET)
    return found == expected


def _make_day(payments: int, file: Path) -> set[tuple[str, str]]:
    from django.core.management import call_command

    from limosa_lab.benchmarks.settlement_day import lines_of, make_rows, plan_day
    from limosa_lab.benchmarks.settlement_provider import as_text

    print(f"making a day of {payments:,} payments …")
    call_command("migrate", interactive=False, verbosity=0)
    plan = plan_day(payments)
    make_rows(plan)
    with file.open("w", encoding="utf-8") as written:
        written.writelines(f"{as_text(line)}\n" for line in lines_of(plan))
    return plan.expected


def _work(file: Path, results: Any) -> None:
    """Reconcile, in a process of its own: (seconds, peak kilobytes, lines, matched)."""
    _set_up_django()
    from django.utils import timezone

    from limosa.domain.ordering.operations.reconcile import reconcile
    from limosa_lab.benchmarks.settlement_day import DAY
    from limosa_lab.benchmarks.settlement_provider import PROVIDER

    bars = StepBars()
    started = monotonic()
    with file.open("rb") as settlement_file:
        settlement = reconcile(
            provider_code=PROVIDER,
            day=DAY,
            now=timezone.now(),
            file=settlement_file,
            report=bars.show,
        )
    seconds = monotonic() - started
    bars.finish()
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.put((seconds, kilobytes, settlement.lines, settlement.matched))


def _found() -> set[tuple[str, str]]:
    from limosa.domain.payments.models import Difference, DifferenceState

    rows = Difference.objects.filter(state=DifferenceState.OPEN)
    return set(rows.values_list("kind", "subject"))


def _set_up_django() -> None:
    django.setup()
    from django.conf import settings

    from limosa_lab.benchmarks.settlement_provider import PATH, PROVIDER

    settings.PAYMENT_PROVIDERS = {PROVIDER: PATH}
