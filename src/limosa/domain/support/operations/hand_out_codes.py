"""Hand the codes of a batch out, once, on record."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import CodeBatch
from limosa.domain.redemption.operations.export_codes import Write, export_codes
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.EXPORT_CODES)
@transaction.atomic
def hand_out_codes(
    *, batch_id: int, write: Write, actor: Subscriber | None, now: datetime
) -> CodeBatch:
    """Have the codes written as export_codes does; return the batch.

    Raises: RoleTooLowError, and as export_codes; nothing changed. Locks: the batch.
    """
    batch = export_codes(batch_id=batch_id, write=write, now=now)
    record_audit_entry(actor=actor, action=AuditAction.EXPORT_CODES, subject=batch.number, now=now)
    return batch
