"""Hand the codes of a batch out, once."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from limosa.domain.redemption.engine.codes import code_of, written
from limosa.domain.redemption.models import CodeBatch
from limosa.domain.redemption.refusals import BatchExportedError, BatchNotMadeError

# Called with the batch, and each code's serial and text.
Write = Callable[[CodeBatch, Iterator[tuple[int, str]]], None]


@transaction.atomic
def export_codes(*, batch_id: int, write: Write, now: datetime) -> CodeBatch:
    """Have the codes written, then forget what they were computed from; return the batch.

    If `write` raises, nothing is forgotten. Once it returns it must have kept the codes safely:
    they can't be exported again.
    Locks:  the batch, until all is written.
    Raises: BatchNotMadeError, BatchExportedError; nothing changed.
    """
    batch = CodeBatch.objects.select_for_update().get(pk=batch_id)
    if batch.made_at is None:
        raise BatchNotMadeError
    if batch.seed is None:
        raise BatchExportedError
    write(batch, _codes(batch, batch.seed))
    batch.seed, batch.exported_at = None, now
    batch.save(update_fields=["seed", "exported_at"])
    return batch


def _codes(batch: CodeBatch, seed: bytes) -> Iterator[tuple[int, str]]:
    for serial in range(batch.first_serial, batch.last_serial + 1):
        yield serial, written(code_of(seed, serial))
