"""Runs the statements that every payment makes, by cursors that each connection keeps.

Making a cursor, finding the places of a statement's values in its text and the way to read each
of its columns costs the driver as much as a small statement itself; kept, all three are done once
(ADR 15, ADR 16). Places are written %s, as everywhere in Django, and numbered once per text.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any, cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg import RawCursor
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Any]]
_KEPT = "limosa_kept_cursors"
_PLACE = re.compile(r"%([s%])")


def fetch_one(statement: str, values: Sequence[Any]) -> Row | None:
    """Run a statement and return its first row, if it has any. Raises Django's database errors."""
    return cast("Row | None", _executed(statement, values).fetchone())


def fetch_all(statement: str, values: Sequence[Any]) -> list[Row]:
    """Run a statement and return its rows. Raises Django's database errors."""
    return cast("list[Row]", _executed(statement, values).fetchall())


def fetch_together(asked: Sequence[Statement]) -> list[list[Row]]:
    """Run statements after each other in one round trip, and return the rows of each.

    For statements that need nothing of each other's rows here. Each sees, as ever, what was
    committed before it began: one that had to wait for a lock does not make the next one stale.
    Raises Django's database errors; none of those behind the failed one was run.
    """
    connection = connections["default"]
    if connection.queries_logged:
        return [fetch_all(*each) for each in asked]
    cursors = _kept_cursors(connection, len(asked))
    with connection.wrap_database_errors, connection.connection.pipeline():
        for cursor, (statement, values) in zip(cursors, asked, strict=True):
            cursor.execute(_numbered(statement), values)
    return [cursor.fetchall() for cursor in cursors]


def _executed(statement: str, values: Sequence[Any]) -> CursorWrapper:
    connection = connections["default"]
    if connection.queries_logged:  # Tests count statements; the log reads places as %s.
        cursor = connection.cursor()
        cursor.execute(statement, values)
    else:
        cursor = _kept_cursors(connection, 1)[0]
        cursor.execute(_numbered(statement), values)
    return cursor


def _kept_cursors(connection: BaseDatabaseWrapper, wanted: int) -> list[CursorWrapper]:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    kept: list[CursorWrapper] = vars(connection).setdefault(_KEPT, [])
    if kept and kept[0].cursor.connection is not connection.connection:
        kept.clear()
    while len(kept) < wanted:
        kept.append(connection.make_cursor(_new_cursor(connection)))
    return kept[:wanted]


def _new_cursor(connection: BaseDatabaseWrapper) -> Any:
    cursor = RawCursor(connection.connection)
    cursor.format = Format.BINARY  # The driver reads moments and numbers in C then.
    cursor.adapters.register_loader("jsonb", _JsonAsText)
    return cursor


class _JsonAsText(Loader):
    """Leaves JSON to the model's field, as Django has it for its own cursors."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data)[1:].decode()  # Behind the version of the format.


@cache
def _numbered(statement: str) -> str:
    """Return a statement with $1, $2 … in place of %s. Statements are fixed texts, so few."""
    number = count(1)
    return _PLACE.sub(lambda place: f"${next(number)}" if place[1] == "s" else "%", statement)
