"""SQL files for the parts of a migration that models can't express: triggers, functions,
sequences."""

from pathlib import Path

from django.db.migrations import RunSQL


def run_sql_file(migration: str, name: str) -> RunSQL:
    """Return the operation that runs `sql/<name>.sql` in the migration's folder.

    migration: its `__file__`. The operation can't be reversed.
    """
    return RunSQL((Path(migration).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
