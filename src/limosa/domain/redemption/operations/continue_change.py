"""Do the next part of what was asked to be done to codes."""

from datetime import datetime

from django.db import connection, transaction

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.redemption.code_keys import digester
from limosa.domain.redemption.engine.bookings import activated, expired, voided
from limosa.domain.redemption.engine.code_life import CODE_LIFE, CodeEvent, CodeState
from limosa.domain.redemption.engine.codes import code_of
from limosa.domain.redemption.models import ChangeKind, Code, CodeBatch, CodeChange
from limosa.foundation.errors import LocalProtocolError

PART = 10_000
_COPY = "COPY redemption_code (serial, batch_id, digest, state) FROM STDIN"


def continue_change(*, change_id: int, now: datetime) -> CodeChange:
    """Do the next ten thousand serials; return the change, whose `done_at` says whether it is over.

    The part and its entry in the books are one transaction: it is done once, whoever dies.
    Locks:  the batch, then its codes in the range.
    """
    with transaction.atomic():
        batch = CodeBatch.objects.select_for_update().get(changes=change_id)
        change = CodeChange.objects.get(pk=change_id)
        if change.done_at is not None:
            return change
        first = change.next_serial
        last = min(first + PART - 1, change.last_serial)
        change.changed += _do(change, batch, first, last, now)
        change.next_serial = last + 1
        if last == change.last_serial:
            change.done_at = now
            if change.kind == ChangeKind.MAKE:
                batch.made_at = now
                batch.save(update_fields=["made_at"])
        change.save(update_fields=["changed", "next_serial", "done_at"])
        return change


def _do(change: CodeChange, batch: CodeBatch, first: int, last: int, now: datetime) -> int:
    """Return how many codes were changed."""
    match change.kind:
        case ChangeKind.MAKE:
            return _make(batch, first, last)
        case ChangeKind.ACTIVATE:
            if batch.expires_at is not None and batch.expires_at <= now:
                return 0
            count = _move(batch, first, last, CodeState.MADE, CodeEvent.ACTIVATE)
            _book(change, "codes_activated", activated(batch.terms, count), now)
            return count
        case ChangeKind.VOID:
            event, kind, booked = CodeEvent.VOID, "codes_voided", voided
        case _:
            event, kind, booked = CodeEvent.EXPIRE, "codes_expired", expired
    count = _move(batch, first, last, CodeState.ACTIVE, event)
    _book(change, kind, booked(batch.terms, count), now)
    # What was never active is in no book.
    return count + _move(batch, first, last, CodeState.MADE, event)


def _make(batch: CodeBatch, first: int, last: int) -> int:
    seed, digest = batch.seed, digester()
    if seed is None:  # It is kept until all are made: code_batch_exported_once.
        raise LocalProtocolError(f"{batch.number} is exported, and not made")
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(["int8", "int8", "bytea", "text"])
        for serial in range(first, last + 1):
            row = (serial, batch.pk, digest(code_of(seed, serial)), CodeState.MADE.value)
            copy.write_row(row)
    return last - first + 1


def _move(batch: CodeBatch, first: int, last: int, state: CodeState, event: CodeEvent) -> int:
    rows = Code.objects.filter(batch=batch, serial__gte=first, serial__lte=last, state=state)
    return rows.update(state=CODE_LIFE.after(state, event))


def _book(change: CodeChange, kind: str, legs: list[Leg], now: datetime) -> None:
    if any(leg.amount.amount_minor for leg in legs):
        key = f"codes:{change.pk}:{change.next_serial}"
        post_entry(key=key, kind=kind, legs=legs, now=now)
