"""Rows that every payment reads or writes, with SQL composed once per model.

Django composes the SQL of every save and query anew, which costs several times what the database
needs to answer (ADR 24). The model and the database still define a row and its constraints. Only
for the few rows of every payment; everything else uses the ORM.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

_Fields = Sequence["Field[Any, Any]"]
_Row = TypeVar("_Row", bound=Model)
# Among the columns that a statement returns: the commit of its transaction does not wait for the
# disk. If the database crashes within a moment, the transaction may be undone: all of it, and never
# where one that was committed later is kept. For what is done again in that case.
NOT_AWAITED = "set_config('synchronous_commit', 'off', true)"


def insert_row(row: Model, *, awaits_disk: bool = True) -> None:
    """Store a new row and set its primary key, as `row.save(force_insert=True)` would.

    awaits_disk: False: see NOT_AWAITED. Raises IntegrityError.
    """
    _insert(row, "", "" if awaits_disk else f", {NOT_AWAITED}")


def insert_row_once(row: Model) -> bool:
    """Store a new row, as `insert_row` does, unless a unique constraint already has one like it.

    Returns whether it was stored. Needs no savepoint.
    """
    return _insert(row, "ON CONFLICT DO NOTHING", "")


def update_row(row: Model, *names: str) -> None:
    """Store some fields of a row, as `row.save(update_fields=names)` would.

    Raises IntegrityError; DoesNotExist if the row is gone.
    """
    statement, fields = _update(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_values(row, fields), row.pk])
        if not cursor.rowcount:
            raise type(row).DoesNotExist(f"{row} is not stored")  # type: ignore[attr-defined]


def update_row_if(row: Model, *names: str, held: str, value: str, awaits_disk: bool = True) -> bool:
    """Store some fields of a row, as `update_row` does, if the field `held` still has a value.

    Returns whether it had. Of two that try at once, one does. awaits_disk: False: see NOT_AWAITED.
    Raises IntegrityError.
    """
    statement, fields = _update(type(row), names)
    with connection.cursor() as cursor:
        condition = f'{statement} AND "{held}" = %s'
        if not awaits_disk:
            condition += f" RETURNING {NOT_AWAITED}"
        cursor.execute(condition, [*_values(row, fields), row.pk, value])
        return bool(cursor.rowcount)


class Write(NamedTuple):
    """A statement that writes rows, and its values."""

    statement: str
    values: list[Any]


def inserting_once(row: Model) -> Write:
    """Return what `insert_row_once` does, for `write_together`. The row is not told its key."""
    statement, fields = _insertion(type(row), "ON CONFLICT DO NOTHING")
    return Write(statement, _values(row, fields))


def updating(row: Model, *names: str) -> Write:
    """Return what `update_row` does, for `write_together`."""
    statement, fields = _update(type(row), names)
    return Write(statement, [*_values(row, fields), row.pk])


def updating_if(row: Model, *names: str, held: str, value: str) -> Write:
    """Return what `update_row_if` does, for `write_together`."""
    statement, values = updating(row, *names)
    return Write(f'{statement} AND "{held}" = %s', [*values, value])


def write_together(*writes: Write) -> list[int]:
    """Make several writes in one statement; return how many rows each has written.

    None sees what another writes, and no two may write the same row. Raises IntegrityError; then
    none was made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _together(tuple(write.statement for write in writes)),
            [value for write in writes for value in write.values],
        )
        return list(cursor.fetchone())


class Columns(Generic[_Row]):
    """The columns of a model in a hand-written SELECT, and the rows built from them.

    `without`: names of fields to leave out; an instance loads them on access.
    """

    def __init__(self, model: type[_Row], table: str, *, without: Sequence[str] = ()) -> None:
        self._model = model
        self._fields = [field for field in _stored(model) if field.name not in without]
        self._names = [field.attname for field in self._fields]
        self.sql = ", ".join(f'{table}."{field.column}"' for field in self._fields)

    def row(self, found: Iterable[Any]) -> _Row:
        """Return the row. From an iterator it consumes exactly as many values as it has columns."""
        values = list(islice(found, len(self._fields)))
        for place, field in enumerate(self._fields):
            if hasattr(field, "from_db_value"):
                values[place] = field.from_db_value(values[place], None, connection)
        return self._model.from_db(connection.alias, self._names, values)


@cache
def _together(statements: tuple[str, ...]) -> str:
    parts = ", ".join(
        f"part{place} AS ({statement}{'' if ' RETURNING ' in statement else ' RETURNING 1'})"
        for place, statement in enumerate(statements)
    )
    counts = ", ".join(f"(SELECT count(*) FROM part{place})" for place in range(len(statements)))
    return f"WITH {parts} SELECT {counts}"


def _insert(row: Model, rule: str, also_returned: str) -> bool:
    statement, fields = _insertion(type(row), rule)
    with connection.cursor() as cursor:
        cursor.execute(statement + also_returned, _values(row, fields))
        stored = cursor.fetchone()
    if stored is None:
        return False
    row.pk = stored[0]
    row._state.adding = False
    row._state.db = connection.alias
    return True


@cache
def _insertion(model: type[Model], rule: str) -> tuple[str, _Fields]:
    fields = [field for field in _stored(model) if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join("%s" for _ in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return (
        f'INSERT INTO "{table}" ({names}) VALUES ({places}) {rule} RETURNING "{key}"',
        _plain(fields),
    )


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, _Fields]:
    fields = [field for field in _stored(model) if field.name in names]
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'UPDATE "{table}" SET {changes} WHERE "{key}" = %s', _plain(fields)


def _stored(model: type[Model]) -> _Fields:
    return list(model._meta.local_concrete_fields)


def _plain(fields: _Fields) -> _Fields:
    """Return the fields. Raises TypeError for one that needs more than a plain placeholder."""
    for field in fields:
        if hasattr(field, "get_placeholder"):
            raise TypeError(f"{field} can't be written by rows.py; save it by the ORM")
    return fields


def _values(row: Model, fields: _Fields) -> list[Any]:
    # pre_save keeps what a field derives from another in step: the digest of an encrypted text.
    add = row._state.adding
    # `connection` looks this up again for each attribute that a field asks it for.
    own = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(field.pre_save(row, add), own) for field in fields]
