"""Django's connection to PostgreSQL, whose flush passes the triggers that keep the books.

The product's tables refuse TRUNCATE. Here the session that flushes sets those triggers aside for
that one transaction, which only a superuser of the database may; a test's own statements meet them.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations


class EmptyingOperations(DatabaseOperations):
    """As PostgreSQL's, but for flush."""

    def sql_flush(self, *arguments: Any, **options: Any) -> list[str]:
        """Return the statements that empty tables."""
        statements: list[str] = super().sql_flush(*arguments, **options)
        role = "SET LOCAL session_replication_role"
        return [f"{role} = replica", *statements, f"{role} = origin"] if statements else []


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of the tests."""

    ops_class = EmptyingOperations
