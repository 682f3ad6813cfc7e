"""Writing one row, with a statement that is composed once per table instead of once per row.

Django composes the SQL of each save anew, which was a third of a renewal's CPU (ADR 11). What a
row is, and what it may hold, is still said by its model and by the database. For the few writes
that every renewal makes; everything else uses the ORM.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert_row(row: Model) -> None:
    """Store a new row and set its primary key, as `row.save(force_insert=True)` would.

    Raises IntegrityError.
    """
    _insert(row, *_insert_statement(type(row)))


def insert_row_once(row: Model) -> bool:
    """Store a new row, as `insert_row` does, unless a unique constraint has one like it already.

    Returns whether it was stored. No savepoint is needed to find that out.
    """
    statement, fields = _insert_statement(type(row))
    once = statement.replace(" RETURNING ", " ON CONFLICT DO NOTHING RETURNING ")
    return _insert(row, once, fields)


def update_row(row: Model, *names: str) -> None:
    """Store some fields of a row, as `row.save(update_fields=names)` would.

    Raises IntegrityError; DoesNotExist when the row is gone.
    """
    statement, fields = _update_statement(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_values(row, fields), row.pk])
        if cursor.rowcount != 1:
            raise type(row).DoesNotExist(f"{row} is not stored")  # type: ignore[attr-defined]


def _insert(row: Model, statement: str, fields: tuple["Field[Any, Any]", ...]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(row, fields))
        stored = cursor.fetchone()
    if stored is None:
        return False
    (row.pk,) = stored
    row._state.adding = False
    row._state.db = connection.alias
    return True


def _values(row: Model, fields: tuple["Field[Any, Any]", ...]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


@cache
def _insert_statement(model: type[Model]) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    fields = tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)
    _check_plain(fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join("%s" for _ in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING "{key}"', fields


@cache
def _update_statement(
    model: type[Model], names: tuple[str, ...]
) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    by_name = {field.name: field for field in model._meta.local_concrete_fields}
    fields = tuple(by_name[name] for name in names)
    _check_plain(fields)
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'UPDATE "{table}" SET {changes} WHERE "{key}" = %s', fields


def _check_plain(fields: tuple["Field[Any, Any]", ...]) -> None:
    """Raise TypeError for a field that wants more than its value put in its place."""
    for field in fields:
        if hasattr(field, "get_placeholder"):
            raise TypeError(f"{field} can't be written by rows.py; save it by the ORM")
