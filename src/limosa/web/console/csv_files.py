"""A table as CSV, line by line."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from limosa.web.console.export_tables import Table

# Characters that a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(table: Table, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Yield the file line by line: times in UTC, ISO 8601; amounts in minor units.

    A text that a spreadsheet would evaluate as a formula is prefixed with an apostrophe: some texts
    come from outside.
    """
    writer = csv.writer(_Line())
    yield writer.writerow(table.names)
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
