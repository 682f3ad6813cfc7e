"""Rows for tests: a module per domain package, a plain function per table.

Each makes what it needs and takes any field by its name; what it is not told is an ordinary value.
Times count from MOMENT unless told otherwise.
"""

from datetime import UTC, datetime

MOMENT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
