"""Have a day of a supplier's statement compared at the request of a member of the staff."""

from datetime import date, datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payables.models import Statement
from limosa.domain.payables.operations.fetch_statement import fetch_statement
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.FETCH_STATEMENT)
def ask_for_statement(
    *, supplier_code: str, day: date, actor: Subscriber | None, now: datetime
) -> Statement:
    """Fetch and compare the day as fetch_statement does; the row says how it went.

    Raises: RoleTooLowError, NoStatementError, StatementDayNotOverError; nothing changed.
    Locks:  as fetch_statement. Not to be called in a transaction: the supplier is called.
    """
    statement = fetch_statement(supplier_code=supplier_code, day=day, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.FETCH_STATEMENT,
        subject=supplier_code,
        detail=day.isoformat(),
        now=now,
    )
    return statement
