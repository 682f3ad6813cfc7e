"""Django's connection to PostgreSQL, whose flush passes the triggers that keep the books.

The product's tables refuse to be emptied. Here the session that flushes sets those triggers aside
for that one transaction, which only a superuser may; a test's own statements meet them.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations

# Rows of these belong to the tables, not to tests: as many as there are models.
OF_THE_MIGRATIONS = {"auth_permission", "django_content_type"}
_EMPTY_ONE = (
    "IF pg_relation_size('{0}') > 1000000 THEN TRUNCATE {0} CASCADE; ELSE DELETE FROM {0}; END IF;"
)


class EmptyingOperations(DatabaseOperations):
    """As PostgreSQL's, but for flush."""

    def sql_flush(self, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        """Return the statement that empties tables, most of which are empty.

        It deletes: TRUNCATE makes new files for each table and each index, which takes half a
        second for all of them. But what is large would stay so until it is vacuumed. Numbers go on
        where they are, whatever is asked for.
        """
        emptied = [table for table in tables if table not in OF_THE_MIGRATIONS]
        statements = " ".join(_EMPTY_ONE.format(self.quote_name(table)) for table in emptied)
        role = "SET LOCAL session_replication_role"
        emptying = f"DO $$ BEGIN {statements} END $$"
        return [f"{role} = replica", emptying, f"{role} = origin"] if tables else []


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of the tests."""

    ops_class = EmptyingOperations
