"""Loads tables in one transaction: at the end all of it is there, or nothing.

Keys, indexes and foreign keys are dropped before and recreated afterwards, exactly as they were:
building them over all rows is far faster than row by row, and recreating them checks every row. The
tables must be empty. A command that is killed leaves the database as it was.
"""

from collections.abc import Callable, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from limosa_lab.seeding.table import Table

# Called with (step, unit, done, total).
Report = Callable[[str, str, int, int], None]
_LINES_PER_WRITE = 5_000

# Foreign keys from or to the tables, then the keys that they refer to. Check constraints stay: they
# cost little. A constraint's own index is dropped and recreated with it.
_CONSTRAINTS = """
SELECT contype = 'f', conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE (contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[])
                           OR confrelid = ANY(%(tables)s::regclass[])))
    OR (contype IN ('p', 'u') AND conrelid = ANY(%(tables)s::regclass[]))
 ORDER BY contype <> 'f', 2, 3
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  FROM pg_index
 WHERE indrelid = ANY(%(tables)s::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
 ORDER BY 1
"""
_UNBALANCED = """
SELECT count(*) FROM (
    SELECT FROM ledger_posting AS posting
      JOIN ledger_account AS account ON account.id = posting.account_id
     GROUP BY posting.entry_id, account.currency HAVING sum(posting.amount_minor) <> 0
) AS unbalanced
"""


class TablesNotEmptyError(Exception):
    """The database already has people; nothing was changed."""


class UnbalancedRowsError(Exception):
    """The generated rows do not balance: a bug of ours; nothing was changed."""


def load_tables(tables: Sequence[Table], *, report: Report) -> None:
    """Fill the tables.

    Locks:  the tables, against everybody, until the end.
    Raises: TablesNotEmptyError, UnbalancedRowsError; nothing changed.
    """
    names = [table.name for table in tables]
    listed = ", ".join(names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
        _check_empty(cursor, names)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        put_back = _take_off(cursor, names)
        # Emptied in this transaction, so that COPY may write frozen rows, which need no later pass.
        cursor.execute(f"TRUNCATE {listed}")
        for table in tables:
            _copy(cursor, table, report)
        for done, statement in enumerate(put_back, start=1):
            cursor.execute(statement)
            report("keys and indexes", "built", done, len(put_back))
        _check_balanced(cursor)
    _analyze(names, report)


def _check_empty(cursor: CursorWrapper, names: Sequence[str]) -> None:
    for name in names:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")  # noqa: S608 -- names are ours
        if cursor.fetchone() == (True,):
            raise TablesNotEmptyError(name)


def _take_off(cursor: CursorWrapper, names: Sequence[str]) -> list[str]:
    """Drop keys, indexes and triggers; return the statements that recreate them, in order."""
    cursor.execute(_CONSTRAINTS, {"tables": list(names)})
    constraints = cursor.fetchall()
    cursor.execute(_INDEXES, {"tables": list(names)})
    indexes = cursor.fetchall()
    for _, table, name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for name in names:
        cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    made = [
        (is_foreign, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for is_foreign, table, name, definition in constraints
    ]
    return [
        *(statement for is_foreign, statement in made if not is_foreign),
        *(definition for _, definition in indexes),
        *(statement for is_foreign, statement in made if is_foreign),
        *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names),
        *(_sequence_after_the_rows(cursor, name) for name in names),
    ]


def _sequence_after_the_rows(cursor: CursorWrapper, name: str) -> str:
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name])
    (sequence,) = cursor.fetchone()
    return f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"  # noqa: S608


def _copy(cursor: CursorWrapper, table: Table, report: Report) -> None:
    lines = table.lines()
    done = 0
    with cursor.copy(f"COPY {table.name} ({table.columns}) FROM STDIN (FREEZE)") as copy:
        while block := list(islice(lines, _LINES_PER_WRITE)):
            copy.write("".join(block))
            done += len(block)
            report(table.name, "rows", done, max(table.rows, done + 1))
    report(table.name, "rows", done, done)


def _check_balanced(cursor: CursorWrapper) -> None:
    """Check the rule of the journal, whose triggers were off."""
    cursor.execute(_UNBALANCED)
    if cursor.fetchone() != (0,):
        raise UnbalancedRowsError


def _analyze(names: Sequence[str], report: Report) -> None:
    """Update the planner's statistics, and mark all pages as all-visible."""
    with connection.cursor() as cursor:
        for done, name in enumerate(names, start=1):
            cursor.execute(f"VACUUM (ANALYZE) {name}")
            report("vacuum, analyze", "tables", done, len(names))
