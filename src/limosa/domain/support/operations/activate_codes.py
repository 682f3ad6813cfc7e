"""Activate codes of a batch."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import ChangeKind, CodeChange
from limosa.domain.redemption.operations.change_codes import change_codes
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.ACTIVATE_CODES)
@transaction.atomic
def activate_codes(
    *,
    batch_id: int,
    first_serial: int,
    last_serial: int,
    actor: Subscriber | None,
    now: datetime,
) -> CodeChange:
    """Return the change, which the worker does.

    Raises: RoleTooLowError, SerialsNotOfBatchError, BatchNotMadeError, BatchNotExportedError,
            BatchExpiredError; nothing changed.
    Locks:  the batch.
    """
    change = change_codes(
        batch_id=batch_id,
        kind=ChangeKind.ACTIVATE,
        first_serial=first_serial,
        last_serial=last_serial,
        actor=actor,
        now=now,
    )
    record_audit_entry(
        actor=actor,
        action=AuditAction.ACTIVATE_CODES,
        subject=change.batch.number,
        detail=f"{first_serial}–{last_serial}",
        now=now,
    )
    return change
