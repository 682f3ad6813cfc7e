from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import ChargeDifference, ChargedLine
from limosa.domain.payables.operations.note_differences import note_differences
from limosa.domain.payables.queries import UNRESOLVED
from limosa.domain.payables.sides import charge_compared, supplies_compared

# A supplier may state a charge a day after it delivered: by its own days, or its own pace.
GRACE = timedelta(days=1)
_AT_A_TIME = 500


@transaction.atomic
def compare_charges(*, supplier_code: str, since: datetime, until: datetime, now: datetime) -> None:
    """Compare a supplier's statement from `since` until before `until` with our books.

    Looks at each order that a line in that time is about, at what was booked from a day before to a
    day before its end, at charges about no order, and at all that differed before. May be repeated:
    what agrees, or differs as before, is left unchanged.
    Locks: the supplier's account.
    """
    account = hold_account(supplier_code)
    if account.stated_until is None or account.stated_until < until:
        account.stated_until = until
        account.save(update_fields=["stated_until"])
    due_before = account.stated_until - GRACE
    for supplies in _supplies(supplier_code, since, until):
        sides = supplies_compared(supplies, due_before=due_before)
        for pk, compared in sides.items():
            note_differences(
                supplier_code=supplier_code, supply=supplies[pk], compared=compared, now=now
            )
    for charge_id in _charges(supplier_code, since, until):
        note_differences(
            supplier_code=supplier_code,
            charge_id=charge_id,
            compared=charge_compared(supplier_code, charge_id),
            now=now,
        )


def _supplies(supplier_code: str, since: datetime, until: datetime) -> Iterator[dict[int, Supply]]:
    """Yield the orders to look at, some at a time, by id."""
    ids = set(
        ChargedLine.objects.filter(
            supplier=supplier_code,
            charged_at__gte=since,
            charged_at__lt=until,
            supply__isnull=False,
        ).values_list("supply_id", flat=True)
    )
    ids.update(
        ChargeDifference.objects.filter(
            supplier=supplier_code, state__in=UNRESOLVED, supply__isnull=False
        ).values_list("supply_id", flat=True)
    )
    booked = JournalEntry.objects.filter(
        posted_at__gte=since - GRACE,
        posted_at__lt=until - GRACE,
        kind__in=["supply_cost", "supply_credit"],
    )
    numbers = booked.values_list("order_number", flat=True)
    ids.update(
        Supply.objects.filter(
            supplier=supplier_code, order_number__in=list(numbers.distinct())
        ).values_list("pk", flat=True)
    )
    ordered = sorted(ids)
    for first in range(0, len(ordered), _AT_A_TIME):
        rows = Supply.objects.filter(pk__in=ordered[first : first + _AT_A_TIME])
        yield {row.pk: row for row in rows}


def _charges(supplier_code: str, since: datetime, until: datetime) -> list[str]:
    """Return the charges about no order to look at: those of the time, and those that differed or
    were booked before, of which the order may be known by now."""
    unknown = ChargedLine.objects.filter(
        supplier=supplier_code,
        charged_at__gte=since,
        charged_at__lt=until,
        supply__isnull=True,
    )
    differed = ChargeDifference.objects.filter(supplier=supplier_code, supply__isnull=True)
    since_known = ChargedLine.objects.filter(
        supplier=supplier_code,
        supply__isnull=False,
        charge_id__in=differed.values("charge_id"),
    )
    unresolved = differed.filter(state__in=UNRESOLVED)
    return sorted(
        {
            *unknown.values_list("charge_id", flat=True),
            *unresolved.values_list("charge_id", flat=True),
            *since_known.values_list("charge_id", flat=True),
        }
    )
