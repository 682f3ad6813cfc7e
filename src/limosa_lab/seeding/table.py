"""What one table gets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, how many rows it gets at most, and its lines for COPY."""

    name: str
    columns: str
    rows: int
    lines: Callable[[], Iterator[str]]
