"""Void codes of a batch that nobody has redeemed."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import ChangeKind, CodeChange
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.change_codes_recorded import change_codes_recorded


@staff_action(AuditAction.VOID_CODES)
@transaction.atomic
def void_codes(
    *,
    batch_id: int,
    first_serial: int,
    last_serial: int,
    actor: Subscriber | None,
    now: datetime,
) -> CodeChange:
    """Return the change, which the worker does.

    Raises: RoleTooLowError, SerialsNotOfBatchError, BatchNotMadeError; nothing
            changed.
    Locks:  the batch.
    """
    return change_codes_recorded(
        action=AuditAction.VOID_CODES,
        batch_id=batch_id,
        kind=ChangeKind.VOID,
        serials=(first_serial, last_serial),
        actor=actor,
        now=now,
    )
