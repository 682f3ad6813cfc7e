"""Pause a supplier for new orders, or resume it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.operations.hold_supplier import hold_supplier
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.PAUSE_SUPPLIER)
@transaction.atomic
def pause_supplier(
    *, supplier_code: str, is_paused: bool, actor: Subscriber, now: datetime
) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Raises: RoleTooLowError; Supplier.DoesNotExist.
    Locks:  the Supplier row.
    """
    if not hold_supplier(supplier_code=supplier_code, is_paused=is_paused):
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.PAUSE_SUPPLIER if is_paused else AuditAction.RESUME_SUPPLIER,
        subject=supplier_code,
        now=now,
    )
    return True
