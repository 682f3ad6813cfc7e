"""Runs the statements that every payment makes, by one cursor that each connection keeps.

Making a cursor, finding the places of a statement's values in its text and the way to read each
of its columns costs the driver as much as a small statement itself; kept, all three are done once
(ADR 15). Places are written %s, as everywhere in Django, and numbered once per text.
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

Row = tuple[Any, ...]
_KEPT = "limosa_kept_cursor"
_PLACE = re.compile(r"%([s%])")


def fetch_one(statement: str, values: Sequence[Any]) -> Row | None:
    """Run a statement and return its first row, if it has any. Raises Django's database errors."""
    return cast("Row | None", _executed(statement, values).fetchone())


def fetch_all(statement: str, values: Sequence[Any]) -> list[Row]:
    """Run a statement and return its rows. Raises Django's database errors."""
    return cast("list[Row]", _executed(statement, values).fetchall())


def _executed(statement: str, values: Sequence[Any]) -> CursorWrapper:
    connection = connections["default"]
    if connection.queries_logged:  # Tests count statements; the log reads places as %s.
        cursor = connection.cursor()
        cursor.execute(statement, values)
    else:
        cursor = _kept_cursor(connection)
        cursor.execute(_numbered(statement), values)
    return cursor


def _kept_cursor(connection: BaseDatabaseWrapper) -> CursorWrapper:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    kept: CursorWrapper | None = vars(connection).get(_KEPT)
    if kept is None or kept.cursor.connection is not connection.connection:
        raw: Any = RawCursor(connection.connection)  # The stubs want one that is wrapped already.
        kept = connection.make_cursor(raw)
        setattr(connection, _KEPT, kept)
    return kept


@cache
def _numbered(statement: str) -> str:
    """Return a statement with $1, $2 … in place of %s. Statements are fixed texts, so few."""
    number = count(1)
    return _PLACE.sub(lambda place: f"${next(number)}" if place[1] == "s" else "%", statement)
