"""Ask for a batch of redemption codes."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import CodeBatch
from limosa.domain.redemption.operations.make_batch import Wanted, make_batch
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.MAKE_CODES)
@transaction.atomic
def make_codes(*, wanted: Wanted, actor: Subscriber | None, now: datetime) -> CodeBatch:
    """Return the new batch, whose codes the worker makes.

    Raises: RoleTooLowError, BatchTermsError; nothing changed. Locks: as make_batch.
    """
    batch = make_batch(wanted=wanted, actor=actor, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.MAKE_CODES,
        subject=batch.number,
        detail=f"{batch.count} × {batch.amount.to_decimal()} {batch.currency}",
        now=now,
    )
    return batch
