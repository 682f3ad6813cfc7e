from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.payables.engine.difference_life import StatementState
from limosa.domain.payables.models import Statement, SupplierDeposit
from limosa.domain.payables.operations.fetch_statement import fetch_statement

# How many days back a day is still asked for that was not told, or when nobody asked.
DAYS_BACK = 7


def fetch_due_statements(*, now: datetime) -> int:
    """Fetch the days of the last week that are not compared yet, oldest first, from each supplier
    that lists its charges; return how many were compared.

    Nothing is asked of the days before our first order or deposit there: there is nothing of ours.
    Nothing is raised for a supplier that does not answer: its row says why. Locks: as
    fetch_statement.
    """
    done = 0
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    for code in settings.SUPPLIER_ADAPTERS:
        if not capabilities_of(code).lists_charges:
            continue
        known = Statement.objects.filter(
            supplier=code, day__in=days, state=StatementState.DONE.value
        )
        there = set(known.values_list("day", flat=True))
        first = _first_day(code)
        for day in (day for day in days if first and day >= first and day not in there):
            row = fetch_statement(supplier_code=code, day=day, now=now)
            if row.state != StatementState.DONE:
                break  # It will be asked again in an hour, and not seven times now.
            done += 1
    return done


def _first_day(supplier_code: str) -> date | None:
    """Return the day (UTC) of our first order or deposit; None: there has been none."""
    supplies = Supply.objects.filter(supplier=supplier_code).order_by("created_at")
    deposits = SupplierDeposit.objects.filter(supplier=supplier_code).order_by("recorded_at")
    times = [
        *supplies.values_list("created_at", flat=True)[:1],
        *deposits.values_list("recorded_at", flat=True)[:1],
    ]
    return min(times).astimezone(UTC).date() if times else None
