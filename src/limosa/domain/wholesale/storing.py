"""Stores a whole list as a sheet: only what differs from the list in force is written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import connection

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.connectivity.answers import SupplierPlan
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.coverage.operations.state_listed_facts import state_listed_facts
from limosa.domain.wholesale.engine.differences import (
    ChangeKind,
    PlanChange,
    changes_between,
    digest_of,
)
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetFaultError, SheetState
from limosa.domain.wholesale.models import ListChange, ListedPlan, PriceSheet

_ROWS_PER_STATEMENT = 1_000
_Row = TypeVar("_Row")


def store_list(
    sheet: PriceSheet, plans: Mapping[str, SupplierPlan], *, now: datetime
) -> PriceSheet:
    """Make a sheet whole, compared with the last whole one, which it follows.

    The caller is in a transaction and holds the sheet's row, which is being fetched: so no other
    sheet of this supplier can become whole meanwhile. Raises SheetFaultError.
    """
    previous = last_whole_sheet(sheet.supplier)
    if previous and previous.plans and not plans:
        raise SheetFaultError(SheetFailure.EMPTY)
    current = ListedPlan.objects.filter(supplier=sheet.supplier, until__isnull=True)
    known = {code: (digest, pk) for code, digest, pk in current.values_list("code", "digest", "pk")}
    digests = {code: digest_of(plan) for code, plan in plans.items()}
    differing = {code for code in known if code not in digests or digests[code] != known[code][0]}
    old = {
        row.code: row
        for some in _in_parts([known[code][1] for code in sorted(differing)])
        for row in ListedPlan.objects.filter(pk__in=some)
    }
    for some in _in_parts([row.pk for row in old.values()]):
        ListedPlan.objects.filter(pk__in=some).update(until=sheet)
    new = {
        code: _listed(sheet, plan, digests[code])
        for code, plan in plans.items()
        if code not in known or code in differing
    }
    for rows in _in_batches(new.values()):
        ListedPlan.objects.bulk_create(rows)
    sheet.previous, sheet.plans, sheet.done_at = previous, len(plans), now
    sheet.touched_at, sheet.state = now, SheetState.WHOLE
    sheet.by_kind = _store_changes(sheet, old, new) if previous else {}
    sheet.save()
    if new:
        _analyze()
    state_listed_facts(
        supplier_code=sheet.supplier,
        facts={code: _facts_of(plan) for code, plan in plans.items()},
        now=now,
    )
    return sheet


def last_whole_sheet(supplier_code: str) -> PriceSheet | None:
    """Return the supplier's list in force."""
    return (
        PriceSheet.objects.filter(supplier=supplier_code, state=SheetState.WHOLE)
        .order_by("-id")
        .first()
    )


def _facts_of(plan: SupplierPlan) -> PlanFacts:
    known = plan.exit_country if plan.exit_country in COUNTRIES else ""
    return replace(plan.facts, exit_country=known)


def _store_changes(
    sheet: PriceSheet, old: Mapping[str, ListedPlan], new: Mapping[str, ListedPlan]
) -> dict[str, int]:
    counts = dict.fromkeys((kind.value for kind in ChangeKind), 0)
    changes = list(
        changes_between(
            {code: row.as_listed for code, row in old.items()},
            {code: row.as_listed for code, row in new.items()},
        )
    )
    for change in changes:
        counts[change.kind] += 1
    for rows in _in_batches(_change(sheet, change, old, new) for change in changes):
        ListChange.objects.bulk_create(rows)
    counts["rules"] = sum(1 for change in changes if change.other_rules)
    return counts


def _change(
    sheet: PriceSheet,
    change: PlanChange,
    old: Mapping[str, ListedPlan],
    new: Mapping[str, ListedPlan],
) -> ListChange:
    return ListChange(
        sheet=sheet,
        kind=change.kind,
        code=change.code,
        before=old.get(change.code),
        after=new.get(change.code),
        other_rules=list(change.other_rules),
    )


def _listed(sheet: PriceSheet, plan: SupplierPlan, digest: str) -> ListedPlan:
    return ListedPlan(
        supplier=sheet.supplier,
        code=plan.code,
        digest=digest,
        since=sheet,
        name=plan.name,
        use=plan.use.value,
        cost_minor=plan.cost.amount_minor,
        cost_currency=plan.cost.currency,
        volume_bytes=plan.volume_bytes,
        days=plan.days,
        countries=sorted(set(plan.countries)),
        daily_bytes=plan.daily_bytes,
        throttled_kbps=plan.throttled_kbps,
        activation=plan.activation.value,
        day_zone=plan.day_zone,
        exit_country=plan.exit_country,
        is_renewable=plan.is_renewable,
        renewed_by=sorted(set(plan.renewed_by)),
        rules=dict(plan.rules),
    )


def _in_batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    waiting = iter(rows)
    while some := list(islice(waiting, _ROWS_PER_STATEMENT)):
        yield some


def _in_parts(keys: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(keys), _ROWS_PER_STATEMENT):
        yield keys[first : first + _ROWS_PER_STATEMENT]


def _analyze() -> None:
    """Let the planner know of what may be the table's first rows."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wholesale_listedplan")
