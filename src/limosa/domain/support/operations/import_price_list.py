"""Import a supplier's price list from a file, and record who did it."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.support.repricing import Synced
from limosa.domain.wholesale.operations.import_sheet import import_sheet


@staff_action(AuditAction.FETCH_PRICES)
@transaction.atomic
def import_price_list(
    *, supplier_code: str, path: Path, actor: Subscriber | None, now: datetime
) -> Synced:
    """Import the file as import_sheet does, and reprice as reprice_plans does.

    Locks:  as import_sheet, then as reprice_plans.
    Raises: RoleTooLowError, and as import_sheet; nothing changed.
    """
    sheet = import_sheet(supplier_code=supplier_code, path=path, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.FETCH_PRICES,
        subject=supplier_code,
        detail=sheet.file_name,
        now=now,
    )
    return Synced(sheet, reprice_plans(sheet=sheet, now=now))
