"""Fetch a day of a supplier's statement."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from limosa.domain.connectivity.registry import adapter_for, capabilities_of
from limosa.domain.payables.engine.difference_life import StatementState
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import Statement
from limosa.domain.payables.operations.compare_charges import compare_charges
from limosa.domain.payables.operations.store_charges import store_charges
from limosa.domain.payables.refusals import NoStatementError, StatementDayNotOverError
from limosa.foundation.errors import ProviderError

_PROBLEM_LENGTH_MAX = 200


def fetch_statement(*, supplier_code: str, day: date, now: datetime) -> Statement:
    """Fetch what a supplier charged on a day (UTC), and compare it with our books.

    May be repeated: nothing is stored or booked twice. No transaction is open during the call. If
    there is no clean answer, the returned row says why, and nothing else is changed.
    Raises: NoStatementError, StatementDayNotOverError; nothing changed.
    Locks:  the supplier's account.
    """
    if not capabilities_of(supplier_code).lists_charges:
        raise NoStatementError
    since = datetime.combine(day, time(0), tzinfo=UTC)
    until = since + timedelta(days=1)
    if now < until:
        raise StatementDayNotOverError
    row, _ = Statement.objects.update_or_create(
        supplier=supplier_code,
        day=day,
        defaults={"asked_at": now},
    )
    try:
        charges = adapter_for(supplier_code).charges(since=since, until=until)
    except ProviderError as error:
        # One that somebody else has fetched during the call is done.
        waiting = Statement.objects.filter(pk=row.pk, state=StatementState.WAITING.value)
        waiting.update(problem=str(error)[:_PROBLEM_LENGTH_MAX])
        row.refresh_from_db()
        return row
    with transaction.atomic():
        hold_account(supplier_code)
        store_charges(supplier_code=supplier_code, charges=charges)
        compare_charges(supplier_code=supplier_code, since=since, until=until, now=now)
        row.state, row.problem = StatementState.DONE, ""
        row.lines, row.compared_at = len(charges), now
        row.save()
    return row
