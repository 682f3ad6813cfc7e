"""Import a supplier's statement from a file, and record who did it."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.answers import Charge
from limosa.domain.payables.operations.import_statement import import_statement
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.FETCH_STATEMENT)
@transaction.atomic
def import_supplier_statement(
    *, supplier_code: str, path: Path, actor: Subscriber | None, now: datetime
) -> list[Charge]:
    """Import the file as import_statement does; return its lines.

    Raises: RoleTooLowError, and as import_statement; nothing changed. Locks: as import_statement.
    """
    charges = import_statement(supplier_code=supplier_code, path=path, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.FETCH_STATEMENT,
        subject=supplier_code,
        detail=path.name,
        now=now,
    )
    return charges
