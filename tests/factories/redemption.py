"""Batches of codes, made by the operations; their codes are kept for the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from limosa.domain.redemption.models import ChangeKind, Code, CodeBatch, CodeChange
from limosa.domain.redemption.operations.change_codes import change_codes
from limosa.domain.redemption.operations.continue_change import continue_change
from limosa.domain.redemption.operations.export_codes import export_codes
from limosa.domain.redemption.operations.make_batch import Wanted, make_batch
from limosa.foundation.money import Money
from tests.factories import MOMENT

WORTH = Money(2000, "USD")


@dataclass
class Codes:
    """A batch, and its codes as they were exported, in order."""

    batch: CodeBatch
    texts: list[str] = field(default_factory=list)

    def change(self, kind: str, first: int = 0, last: int = -1, *, now: datetime = MOMENT) -> int:
        """Do something to the codes of these places; return how many it changed."""
        serials = range(self.batch.first_serial, self.batch.last_serial + 1)
        change = change_codes(
            batch_id=self.batch.pk,
            kind=ChangeKind(kind),
            first_serial=serials[first],
            last_serial=serials[last],
            actor=None,
            now=now,
        )
        return finish(change, now=now)

    def code(self, place: int = 0) -> Code:
        """Return the row of the code in this place."""
        return Code.objects.get(serial=self.batch.first_serial + place)


def finish(change: CodeChange, *, now: datetime = MOMENT) -> int:
    """Do a change to its end; return how many codes it changed."""
    while change.done_at is None:
        change = continue_change(change_id=change.pk, now=now)
    return change.changed


def make_code_batch(*, count: int = 3, now: datetime = MOMENT, **fields: Any) -> CodeBatch:
    """Return a batch whose codes are made: given away, unless told otherwise."""
    given = {"label": "Spring", "amount": WORTH, "count": count, **fields}
    batch = make_batch(wanted=Wanted(**given), actor=None, now=now)
    finish(batch.changes.get(), now=now)
    batch.refresh_from_db()
    return batch


def make_codes(*, active: bool = True, **fields: Any) -> Codes:
    """Return a batch that was exported, with its codes; they are active unless told otherwise."""
    codes = Codes(make_code_batch(**fields))

    def write(batch: CodeBatch, exported: Iterator[tuple[int, str]]) -> None:
        codes.batch = batch
        codes.texts = [text for _, text in exported]

    export_codes(batch_id=codes.batch.pk, write=write, now=MOMENT)
    if active:
        codes.change("activate")
    return codes


def make_code(**fields: Any) -> Code:
    """Return a code that is active, or as the fields say."""
    codes = make_codes(count=1)
    Code.objects.filter(batch=codes.batch).update(**fields)
    return codes.code()


def make_code_change() -> CodeChange:
    """Return the change that made a batch; it is done."""
    return make_code_batch().changes.get()
