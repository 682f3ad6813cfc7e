"""Bring the index up to date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Manager

from limosa.domain.search.models import IndexState, PlanEntry, TermRow
from limosa.domain.search.sources import entry_rows, sources_digest, term_rows

Row = TypeVar("Row", TermRow, PlanEntry)
_ROWS_PER_STATEMENT = 1_000
_TERM_KEY = ("key", "kind", "form", "targets")
_TERM_REST = ("label", "popularity", "shortened")
_ENTRY_KEY = ("plan", "currency")
_ENTRY_REST = ("amount_minor", "days", "volume_bytes", "facets", "generations")
# What is written waits in a list that every search reads whole, until a vacuum: not here.
_MERGE = """
SELECT gin_clean_pending_list('search_entry_by_facets'),
       gin_clean_pending_list('search_term_by_error')
"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the index has now, and how many of its rows were written or deleted."""

    terms: int
    entries: int
    changed: int


@transaction.atomic
def rebuild_index(*, now: datetime, is_forced: bool = False) -> Rebuilt | None:
    """Make the index what its sources say, and return what it has; None if they are those that it
    was made from, unless it is forced. Only rows that differ are written.

    Searches go on meanwhile, by the old index. What the catalogue changes meanwhile, the next call
    sees: the sources' digest is taken first.

    Locks:  the row of the index's state, against other calls.
    """
    IndexState.objects.get_or_create(id=1)
    state = IndexState.objects.select_for_update().get(id=1)
    digest = sources_digest()
    if state.digest == digest and not is_forced:
        return None
    terms = _compared(term_rows(), TermRow.objects, _TERM_KEY, _TERM_REST)
    TermRow.objects.filter(pk__in=terms.gone).delete()
    TermRow.objects.bulk_update(terms.changed, _TERM_REST, batch_size=_ROWS_PER_STATEMENT)
    TermRow.objects.bulk_create(terms.new, batch_size=_ROWS_PER_STATEMENT)
    entries = _compared(entry_rows(), PlanEntry.objects, _ENTRY_KEY, _ENTRY_REST)
    PlanEntry.objects.filter(pk__in=entries.gone).delete()
    PlanEntry.objects.bulk_update(entries.changed, _ENTRY_REST, batch_size=_ROWS_PER_STATEMENT)
    PlanEntry.objects.bulk_create(entries.new, batch_size=_ROWS_PER_STATEMENT)
    with connection.cursor() as cursor:
        cursor.execute(_MERGE)
    state.digest, state.built_at = digest, now
    state.save(update_fields=["digest", "built_at"])
    return Rebuilt(terms.count, entries.count, terms.differing + entries.differing)


@dataclass(frozen=True, slots=True)
class _Compared(Generic[Row]):
    """The rows that a table lacks, has otherwise, and has too many; how many it should have."""

    count: int
    new: list[Row]
    changed: list[Row]
    gone: list[int]

    @property
    def differing(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)


def _compared(
    rows: Iterable[Row], table: Manager[Row], key: tuple[str, ...], rest: tuple[str, ...]
) -> _Compared[Row]:
    stored = {
        tuple(map(_plain, values[: len(key)])): (values[-1], values[len(key) : -1])
        for values in table.values_list(*key, *rest, "pk")
    }
    new: list[Row] = []
    changed: list[Row] = []
    count = 0
    for row in rows:
        count += 1
        found = stored.pop(tuple(_plain(getattr(row, name)) for name in key), None)
        if found is None:
            new.append(row)
        elif found[1] != tuple(getattr(row, name) for name in rest):
            row.pk = found[0]
            changed.append(row)
    return _Compared(count, new, changed, [pk for pk, _ in stored.values()])


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
