"""What a migration does that models can't say (triggers, functions, sequences) is SQL in files."""

from pathlib import Path

from django.db.migrations import RunSQL


def run_sql_file(migration: str, name: str) -> RunSQL:
    """Return the operation that runs `sql/<name>.sql`, which lies beside a migration.

    migration: its `__file__`. There is no way back from it.
    """
    return RunSQL((Path(migration).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
