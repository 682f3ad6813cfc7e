"""How statements read their tables, as PostgreSQL tells it after it has run them."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Read:
    """How one statement read one table. `rows`: what it looked at, with what it then left out;
    `index`: empty for a bitmap and a whole table."""

    table: str
    by: str
    rows: int
    index: str
    statement: str


def reads_of(visit: Callable[[], object], *, verbs: Sequence[str] = ("SELECT",)) -> list[Read]:
    """Return how each statement of a visit that begins with one of these reads its tables.

    Each is run again, with the same parameters.
    """
    told: list[tuple[str, Any]] = []

    def note(execute: Callable[..., object], statement: str, *rest: Any) -> object:
        if statement.lstrip().startswith(tuple(verbs)):
            told.append((statement, rest[0]))
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        visit()
    return [read for statement, parameters in told for read in explain(statement, parameters)]


def explain(statement: str, parameters: Any) -> list[Read]:
    """Run a statement; return how it read each of its tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        (answer,) = cursor.fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return list(_scans(plan[0]["Plan"], statement))


def check_by_index(reads: Sequence[Read], *, tables: Collection[str], rows_max: int) -> None:
    """Assert that of these tables one at least was read, none as a whole, and of none at once more
    rows than that."""
    big = [read for read in reads if read.table in tables]
    assert big
    for read in big:
        assert read.by != "Seq Scan", read
        assert read.rows <= rows_max, read


def _scans(node: Mapping[str, Any], statement: str) -> Iterator[Read]:
    if table := node.get("Relation Name"):
        removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        rows = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
        yield Read(
            table=table,
            by=node["Node Type"],
            rows=round(rows * node["Actual Loops"]),
            index=node.get("Index Name", ""),
            statement=statement,
        )
    for part in node.get("Plans", []):
        yield from _scans(part, statement)
