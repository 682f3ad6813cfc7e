"""Ask for codes to be activated or voided."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import ChangeKind, CodeBatch, CodeChange
from limosa.domain.redemption.refusals import (
    BatchExpiredError,
    BatchNotExportedError,
    BatchNotMadeError,
    SerialsNotOfBatchError,
)


@transaction.atomic
def change_codes(
    *,
    batch_id: int,
    kind: ChangeKind,
    first_serial: int,
    last_serial: int,
    actor: Subscriber | None,
    now: datetime,
) -> CodeChange:
    """Return the change, which `continue_change` does. Codes that were redeemed stay so.

    Locks:  the batch.
    Raises: SerialsNotOfBatchError, BatchNotMadeError; to activate also BatchNotExportedError,
            BatchExpiredError; nothing changed.
    """
    batch = CodeBatch.objects.select_for_update().get(pk=batch_id)
    if not batch.first_serial <= first_serial <= last_serial <= batch.last_serial:
        raise SerialsNotOfBatchError
    if batch.made_at is None:
        raise BatchNotMadeError
    if kind == ChangeKind.ACTIVATE:
        if batch.exported_at is None:
            raise BatchNotExportedError
        if batch.expires_at is not None and batch.expires_at <= now:
            raise BatchExpiredError
    return CodeChange.objects.create(
        batch=batch,
        kind=kind,
        first_serial=first_serial,
        last_serial=last_serial,
        next_serial=first_serial,
        asked_by=actor,
        asked_at=now,
    )
