"""Writing one row, with a statement that is composed once per table instead of once per row.

Django composes the SQL of each save anew, which was a third of a renewal's CPU (ADR 11). What a
row is, and what it may hold, is still said by its model and by the database. For the few writes
that every renewal makes; everything else uses the ORM. Inside `writes_gathered` they go out
together (domain/gathered.py).
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.models import Field, Model

from limosa.domain.gathered import Answers, Shape, Write, is_gathering, send_waiting, write

# An attribute of the row, and what makes its value one of the column, where that is another.
Column = tuple[str, Callable[..., Any] | None]
Columns = tuple[Column, ...]
_STORED_AS_THEY_ARE = {
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.ForeignKey,
    models.IntegerField,
    models.PositiveIntegerField,
    models.TextField,
}


def insert_row(row: Model) -> None:
    """Store a new row and set its primary key, as `row.save(force_insert=True)` would.

    Raises IntegrityError.
    """
    shape, columns = _insertion(type(row))
    _insert(row, shape, columns)


def insert_row_once(row: Model) -> bool:
    """Store a new row, as `insert_row` does, unless a unique constraint has one like it already.

    Returns whether it was stored. (Inside `writes_gathered` that is not known yet: True.) No
    savepoint is needed to find that out.
    """
    shape, columns = _insertion_once(type(row))
    _insert(row, shape, columns)
    return is_gathering() or row.pk is not None


def update_row(row: Model, *names: str) -> None:
    """Store some fields of a row, as `row.save(update_fields=names)` would.

    Raises IntegrityError; DoesNotExist when the row is gone.
    """
    if row.pk is None:
        send_waiting()  # It was inserted in the same block.
    shape, columns = _change(type(row), names)

    def receive(answers: Answers) -> None:
        if answers[0] is None:
            raise type(row).DoesNotExist(f"{row} is not stored")  # type: ignore[attr-defined]

    changed = (row._meta.db_table, row.pk)
    write(Write(shape, [*_values(row, columns), row.pk], receive, changes=changed))


def _insert(row: Model, shape: Shape, columns: Columns) -> None:
    def receive(answers: Answers) -> None:
        if answers[0] is not None:
            row.pk = answers[0]
            row._state.adding = False
            row._state.db = "default"

    write(Write(shape, _values(row, columns), receive))


def _values(row: Model, columns: Columns) -> list[Any]:
    return [
        getattr(row, name)
        if to_column is None
        else to_column(getattr(row, name), connections["default"])
        for name, to_column in columns
    ]


@cache
def _insertion(model: type[Model]) -> tuple[Shape, Columns]:
    return _insertion_with(model, "")


@cache
def _insertion_once(model: type[Model]) -> tuple[Shape, Columns]:
    return _insertion_with(model, " ON CONFLICT DO NOTHING")


def _insertion_with(model: type[Model], rule: str) -> tuple[Shape, Columns]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    insertion = f'INSERT INTO "{table}" ({names}) VALUES ({places}){rule}'
    return _by_key(model, insertion), tuple(map(_column, fields))


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[Shape, Columns]:
    by_name = {field.name: field for field in model._meta.local_concrete_fields}
    fields = [by_name[name] for name in names]
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    change = f'UPDATE "{table}" SET {changes} WHERE "{key}" = %s'
    return _by_key(model, change), tuple(map(_column, fields))


def _by_key(model: type[Model], statement: str) -> Shape:
    """Return a write whose answer is the key of the row that it wrote, or None."""
    key = model._meta.pk.column
    return Shape(
        parts=(("row#", f'{statement} RETURNING "{key}"'),),
        answers=(f'(SELECT "{key}" FROM row#)',),
    )


def _column(field: "Field[Any, Any]") -> Column:
    """Raise TypeError for a field that wants more than its value put in its place."""
    if hasattr(field, "get_placeholder"):
        raise TypeError(f"{field} can't be written by rows.py; save it by the ORM")
    is_plain = type(field) in _STORED_AS_THEY_ARE
    return field.attname, None if is_plain else field.get_db_prep_save
