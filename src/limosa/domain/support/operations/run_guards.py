from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from limosa.domain.connectivity.own_profiles import stocked_types
from limosa.domain.payables.operations.weigh_balances import weigh_balances
from limosa.domain.support.finding_news import tell_staff_of_findings
from limosa.domain.support.guard import Found, Guard
from limosa.domain.support.guards import (
    GUARDS,
    found_in,
    found_in_rows,
    found_in_slice,
    found_in_touched,
    newest,
)
from limosa.domain.support.models import Finding, GuardKind, GuardRound

# After a long pause, earlier changes are left to the slices.
TOUCHED_MAX = 50_000

# Called with (step, unit, done, total).
Report = Callable[[str, str, int, int], None]


def _silent(_step: str, _unit: str, _done: int, _total: int) -> None:
    """Report nothing."""


def run_guards(
    *,
    now: datetime,
    whole: bool = False,
    report: Report = _silent,
    kinds: Collection[GuardKind] = tuple(GuardKind),
) -> list[Finding]:
    """Check whether the books are right; return the open findings, oldest first.

    Checks what was touched since the last run, the next slice of all rows, and earlier findings
    again; `whole`: all rows. A new problem becomes a finding, once, and the staff who look after
    the books are notified; one that is no longer wrong is marked as gone. Nothing in the books is
    changed; warnings about balances follow the settings first. `kinds`: the guards to run; by
    default all of them. Each guard commits separately.
    Locks: the guard's GuardRound row, so two runs take turns.
    """
    if GuardKind.PAYABLES in kinds:
        weigh_balances()
    for guard in (guard for guard in GUARDS if guard.kind in kinds):
        _run(guard, now=now, whole=whole, report=report)
    return list(Finding.objects.filter(gone_at=None).order_by("id"))


@transaction.atomic
def _run(guard: Guard, *, now: datetime, whole: bool, report: Report) -> None:
    GuardRound.objects.get_or_create(guard=guard.kind, defaults={"began_at": now, "ran_at": now})
    turn = GuardRound.objects.select_for_update().get(guard=guard.kind)
    values: dict[str, Any] = {"now": now, "stocked": stocked_types()}
    known = {row.subject: row for row in Finding.objects.filter(guard=guard.kind, gone_at=None)}
    if guard.row:
        found = [
            *_sweep(guard, turn, whole=whole, values=values, report=report),
            *_touched(guard, turn, values),
            *found_in_rows(guard, [row.row_id for row in known.values()], values),
        ]
    else:
        report(f"guard: {guard.kind.value}", "rows", 0, 1)
        found = found_in(guard, "TRUE", values)
        report(f"guard: {guard.kind.value}", "rows", 1, 1)
        turn.began_at, turn.finished_at = now, now
    turn.ran_at = now
    turn.save()
    _keep(guard, known, found, now)


def _sweep(
    guard: Guard, turn: GuardRound, *, whole: bool, values: dict[str, Any], report: Report
) -> Iterable[Found]:
    """Yield what is wrong in the next slice (`whole`: in all of them), and advance."""
    last = newest(guard.last_row)
    if whole or turn.swept_id >= last:
        turn.swept_id, turn.began_at = 0, values["now"]
    while True:
        upto = min(turn.swept_id + guard.slice_rows, last)
        yield from found_in_slice(guard, after=turn.swept_id, upto=upto, values=values)
        turn.swept_id = upto
        report(f"guard: {guard.kind.value}", "rows", upto, last)
        if upto >= last:
            turn.finished_at = values["now"]
        if upto >= last or not whole:
            return


def _touched(guard: Guard, turn: GuardRound, values: dict[str, Any]) -> list[Found]:
    last = newest(guard.last_touch)
    after = max(turn.touched_id, last - TOUCHED_MAX)
    turn.touched_id = last
    return found_in_touched(guard, after=after, upto=last, values=values)


def _keep(guard: Guard, known: dict[str, Finding], found: Iterable[Found], now: datetime) -> None:
    """Store new findings, update known ones, and mark those that are gone."""
    wrong = {row.subject: row for row in found}
    new = Finding.objects.bulk_create(
        [
            Finding(
                guard=guard.kind,
                subject=row.subject,
                row_id=row.row_id,
                problem=row.problem,
                order_number=row.order_number,
                unit=row.unit,
                has=row.has,
                due=row.due,
                found_at=now,
                seen_at=now,
            )
            for row in wrong.values()
            if row.subject not in known
        ]
    )
    tell_staff_of_findings(new, now=now)
    for subject, finding in known.items():
        if row := wrong.get(subject):
            finding.problem, finding.has, finding.due = row.problem, row.has, row.due
            finding.seen_at = now
        else:
            finding.gone_at = now
    Finding.objects.bulk_update(known.values(), ["problem", "has", "due", "seen_at", "gone_at"])
