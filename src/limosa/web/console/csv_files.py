"""A table as CSV, line by line."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

_LINES_IN_A_BLOCK = 500
# Characters that a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Yield the file line by line, `names` first: times in UTC, ISO 8601; amounts in minor units.

    A text that a spreadsheet would evaluate as a formula is prefixed with an apostrophe: some texts
    come from outside.
    """
    writer = csv.writer(_Line())
    yield writer.writerow(names)
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def in_blocks(lines: Iterator[str]) -> Iterator[bytes]:
    """Join lines into blocks: writing each line to the socket would take long."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == _LINES_IN_A_BLOCK:
            yield "".join(block).encode()
            block.clear()
    yield "".join(block).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
