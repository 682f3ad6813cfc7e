"""The work of `limosa bench codes`."""

import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from limosa.config.command import set_up_django
from limosa.config.progress import ProgressBar
from limosa_lab.benchmarks.cluster import measured_cluster

if TYPE_CHECKING:
    from limosa.domain.redemption.models import CodeBatch, CodeChange

_WORTH_MINOR = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How long something took, and the most memory that the process had by then."""

    what: str
    count: int
    seconds: float
    memory_mib: float


def measure_codes(*, count: int, redeemed: int) -> list[Step]:
    """Make, export, activate and redeem codes in a cluster of its own; return what each took."""
    with ExitStack() as stack:
        folder = stack.enter_context(measured_cluster())
        set_up_django()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        steps, texts = _steps(folder, count, min(redeemed, count))
        steps.append(_timed("redeemed", len(texts), lambda: _redeem(texts)))
        return steps


def _steps(folder: Path, count: int, redeemed: int) -> tuple[list[Step], list[str]]:
    from django.utils import timezone

    from limosa.domain.redemption.models import ChangeKind
    from limosa.domain.redemption.operations.change_codes import change_codes
    from limosa.domain.redemption.operations.export_codes import export_codes
    from limosa.domain.redemption.operations.make_batch import Wanted, make_batch
    from limosa.foundation.money import Money
    from limosa.web.console.code_files import write_table

    now = timezone.now()
    wanted = Wanted(label="measured", count=count, amount=Money(_WORTH_MINOR, "USD"))
    batch = make_batch(wanted=wanted, actor=None, now=now)
    texts: list[str] = []

    def noted(codes: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        for serial, text in codes:
            if len(texts) < redeemed:
                texts.append(text)
            yield serial, text

    def write(batch: "CodeBatch", codes: Iterator[tuple[int, str]]) -> None:
        with (folder / "codes.csv").open("w", encoding="utf-8", newline="") as file:
            write_table(file, batch, noted(codes))

    made = _timed("made", count, lambda: _finish("made", batch.changes.get()))
    exported = _timed(
        "exported", count, lambda: export_codes(batch_id=batch.pk, write=write, now=now)
    )
    change = change_codes(
        batch_id=batch.pk,
        kind=ChangeKind.ACTIVATE,
        first_serial=batch.first_serial,
        last_serial=batch.last_serial,
        actor=None,
        now=now,
    )
    activated = _timed("activated", count, lambda: _finish("activated", change))
    return [made, exported, activated], texts


def _finish(label: str, change: "CodeChange") -> None:
    from django.utils import timezone

    from limosa.domain.redemption.operations.continue_change import continue_change

    bar = ProgressBar(label, unit="codes")
    while change.done_at is None:
        change = continue_change(change_id=change.pk, now=timezone.now())
        bar.show(change.done_count, change.whole_count)
    bar.finish()


def _redeem(texts: list[str]) -> None:
    from django.utils import timezone

    from limosa.domain.accounts.models import Subscriber
    from limosa.domain.redemption.operations.redeem_code import redeem_code

    person = Subscriber.objects.create(email="measured@example.com")
    for text in texts:
        redeem_code(subscriber_id=person.pk, typed=text, address="192.0.2.1", now=timezone.now())


def _timed(what: str, count: int, work: Callable[[], object]) -> Step:
    started = monotonic()
    work()
    seconds = monotonic() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Step(what=what, count=count, seconds=seconds, memory_mib=memory)
