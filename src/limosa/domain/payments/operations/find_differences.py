"""Compare a settlement with payments, refunds and disputes; store the differences.

The database links each line to what it is about, and returns only the pairs that are not equal.
engine/comparison.py decides what is wrong with each.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction

from limosa.domain.payments.candidates import Candidate, candidates, unlisted
from limosa.domain.payments.day_mark import day_mark
from limosa.domain.payments.engine.settlement_life import DIFFERENCE_LIFE, DifferenceEvent
from limosa.domain.payments.line_links import link_lines
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    SettledLine,
    Settlement,
)
from limosa.domain.payments.settlement_files import Report, silent

_BATCH = 500
_SIDES = ("theirs", "ours", "theirs_minor", "theirs_currency", "ours_minor", "ours_currency")
_CHANGING = (
    *_SIDES,
    "state",
    "is_found",
    "found_at",
    "resolved_at",
    "resolved_by",
    "payment",
    "refund",
)


@transaction.atomic
def find_differences(*, settlement_id: int, now: datetime, report: Report = silent) -> Settlement:
    """Compare a stored settlement; return it with its counts.

    A new difference becomes an open row. An open one that is no longer found resolves itself, and
    reopens if it is found again; one that staff resolved stays resolved as long as both sides are
    unchanged. Anything that may be in the next day's file is left until that file is available.
    Locks:  the Settlement row.
    """
    settlement = Settlement.objects.select_for_update().get(pk=settlement_id)
    report("comparing", "steps", 0, 3)
    link_lines(settlement.provider)
    report("comparing", "steps", 1, 3)
    # Before comparing: any change made meanwhile changes the digest, so the day is compared again.
    settlement.compared_mark = day_mark(settlement)
    found: set[int] = set()
    unmatched = 0
    for batch in _batches(candidates(settlement)):
        unmatched += len(batch)
        found |= _keep(settlement, batch, now)
    report("comparing", "steps", 2, 3)
    for batch in _batches(unlisted(settlement)):
        found |= _keep(settlement, batch, now)
    _resolve_gone(settlement, found, now)
    settlement.lines = SettledLine.objects.filter(settlement=settlement).count()
    settlement.matched = settlement.lines - unmatched
    settlement.compared_at = now
    settlement.save(update_fields=["lines", "matched", "compared_at", "compared_mark"])
    report("comparing", "steps", 3, 3)
    return settlement


def _batches(found: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    while batch := list(islice(found, _BATCH)):
        yield batch


def _keep(settlement: Settlement, batch: list[Candidate], now: datetime) -> set[int]:
    """Store a batch; return the ids of this settlement's rows for it."""
    rows = {}
    for candidate in batch:
        row = candidate.as_difference(settlement, now)
        rows[(row.kind, row.subject)] = row
    known = {
        (row.kind, row.subject): row
        for row in Difference.objects.filter(
            provider=settlement.provider, subject__in=[subject for _, subject in rows]
        )
    }
    Difference.objects.bulk_create(
        [row for key, row in rows.items() if key not in known], ignore_conflicts=True
    )
    changed = [_as_found(known[key], row) for key, row in rows.items() if key in known]
    Difference.objects.bulk_update(changed, _CHANGING)
    return {
        row_id
        for row_id, kind, subject in Difference.objects.filter(
            settlement=settlement, subject__in=[subject for _, subject in rows]
        ).values_list("id", "kind", "subject")
        if (kind, subject) in rows
    }


def _as_found(known: Difference, row: Difference) -> Difference:
    """Return the existing row with its sides updated; a resolved one is open again.

    One that staff resolved stays so as long as its sides are unchanged.
    """
    is_as_seen = all(getattr(known, name) == getattr(row, name) for name in _SIDES)
    for name in _SIDES:
        setattr(known, name, getattr(row, name))
    known.payment_id, known.refund_id = row.payment_id, row.refund_id
    known.is_found = True
    is_over = DIFFERENCE_LIFE.allows(known.state, DifferenceEvent.FIND_AGAIN)
    if is_over and not (known.resolved_by_id and is_as_seen):
        known.state = DIFFERENCE_LIFE.after(known.state, DifferenceEvent.FIND_AGAIN)
        known.found_at = row.found_at
        known.resolved_at, known.resolved_by_id = None, None
    return known


def _resolve_gone(settlement: Settlement, found: set[int], now: datetime) -> None:
    known = Difference.objects.filter(settlement=settlement, is_found=True).exclude(kind="clearing")
    gone = set(known.values_list("id", flat=True)) - found
    Difference.objects.filter(pk__in=gone).update(is_found=False)
    Difference.objects.filter(pk__in=gone, state=DifferenceState.OPEN).update(
        state=DifferenceState.RESOLVED, resolved_at=now
    )
