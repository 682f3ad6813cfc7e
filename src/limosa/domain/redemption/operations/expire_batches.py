"""Have codes expire whose time is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from limosa.domain.redemption.models import ChangeKind, CodeBatch, CodeChange


@transaction.atomic
def expire_batches(*, now: datetime) -> int:
    """Ask for the codes of each batch that has ended to expire, once; return how many batches.

    From its end on nobody can redeem a code of it, whether or not that is done.
    Locks:  the batches.
    """
    asked = CodeChange.objects.filter(batch=OuterRef("pk"), kind=ChangeKind.EXPIRE)
    due = CodeBatch.objects.filter(~Exists(asked), expires_at__lte=now, made_at__isnull=False)
    batches = list(due.select_for_update(skip_locked=True, of=("self",)))
    CodeChange.objects.bulk_create(
        CodeChange(
            batch=batch,
            kind=ChangeKind.EXPIRE,
            first_serial=batch.first_serial,
            last_serial=batch.last_serial,
            next_serial=batch.first_serial,
            asked_at=now,
        )
        for batch in batches
    )
    return len(batches)
