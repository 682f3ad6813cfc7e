"""The content of one table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, its maximum number of rows, and its lines for COPY."""

    name: str
    columns: str
    rows: int
    lines: Callable[[], Iterator[str]]
