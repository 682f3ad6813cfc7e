"""Runs the statements that every payment makes, which the server has prepared (ADRs 15 to 17).

Places are written %s, as everywhere in Django. What wraps Django's statements wraps these, too.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from limosa.domain.prepared import PreparedStatements, Row, Statement

_KEPT = "limosa_prepared_statements"


def fetch_one(statement: str, values: Sequence[Any]) -> Row | None:
    """Run a statement and return its first row, if it has any. Raises Django's database errors."""
    rows = fetch_all(statement, values)
    return rows[0] if rows else None


def fetch_all(statement: str, values: Sequence[Any]) -> list[Row]:
    """Run a statement and return its rows. Raises Django's database errors."""
    return fetch_together([(statement, values)])[0]


def fetch_together(asked: Sequence[Statement]) -> list[list[Row]]:
    """Run statements after each other in one round trip, and return the rows of each.

    For statements that need nothing of each other's rows here. Each sees, as ever, what was
    committed before it began: one that had to wait for a lock does not make the next one stale.
    Raises Django's database errors; none of those behind the failed one was run.
    """
    connection = connections["default"]
    if connection.queries_logged:  # Tests count statements.
        return [_by_cursor(connection, *each) for each in asked]
    batch = Batch(connection)
    for statement, values in asked:
        run: Callable[..., Any] = batch.add
        for wrapper in reversed(connection.execute_wrappers):
            run = partial(wrapper, run)
        run(statement, values, False, {"connection": connection, "cursor": batch})  # noqa: FBT003
    batch.send()
    return batch.rows


class Batch:
    """Statements that go out together; for what wraps statements it stands for their cursor."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.rows: list[list[Row]] = []
        self._connection = connection
        self._waiting: list[Statement] = []

    def add(self, statement: str, values: Sequence[Any], *_: object) -> None:
        self._waiting.append((statement, values))

    def send(self) -> None:
        """Have the statements that wait run and answered."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        connection = self._connection
        connection.validate_no_broken_transaction()
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        with connection.wrap_database_errors:
            self.rows += _prepared_statements(connection).run(waiting)


def _prepared_statements(connection: BaseDatabaseWrapper) -> PreparedStatements:
    kept: PreparedStatements | None = vars(connection).get(_KEPT)
    if kept is None or kept.connection is not connection.connection:
        kept = vars(connection)[_KEPT] = PreparedStatements(connection.connection)
    return kept


def _by_cursor(connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cast("list[Row]", cursor.fetchall())
