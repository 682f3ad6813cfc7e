"""Undo a deposit at a supplier that was recorded by mistake."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payables.operations.undo_deposit import undo_deposit
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.UNDO_DEPOSIT)
@transaction.atomic
def take_back_deposit(*, deposit_id: int, actor: Subscriber | None, now: datetime) -> bool:
    """Return whether it was still booked; its counter-entry is now.

    Raises: RoleTooLowError; SupplierDeposit.DoesNotExist. Locks: as undo_deposit.
    """
    deposit = undo_deposit(deposit_id=deposit_id, now=now)
    if deposit is None:
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.UNDO_DEPOSIT,
        subject=deposit.supplier,
        detail=deposit.reference,
        now=now,
    )
    return True
