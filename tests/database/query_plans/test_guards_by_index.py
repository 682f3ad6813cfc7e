"""A guard's slice costs the same however big the tables are: no statement reads a whole table."""

from typing import Any

import pytest
from django.db import connection

from limosa.domain.support.guard import Guard
from limosa.domain.support.guards import GUARDS
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
SLICED = [guard for guard in GUARDS if guard.row]


def plan_of(statement: str) -> str:
    values: dict[str, Any] = {"after": 0, "upto": 10, "now": MOMENT, "rows": [1]}
    used = {name: value for name, value in values.items() if f"%({name})s" in statement}
    with connection.cursor() as cursor:
        # What is left of sequential scans is where there is no other way.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", used)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("guard", SLICED, ids=lambda guard: guard.kind.value)
@pytest.mark.parametrize("scope", ["slice", "touched", "rows"])
def test_every_way_of_looking_goes_by_an_index(guard: Guard, scope: str) -> None:
    scopes = {
        "slice": f"{guard.row} > %(after)s AND {guard.row} <= %(upto)s",
        "touched": f"{guard.row} IN ({guard.touched})",
        "rows": f"{guard.row} = ANY(%(rows)s::bigint[])",
    }
    plan = plan_of(guard.finds.format(scope=scopes[scope]))
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.kind.value)
def test_no_guard_asks_in_a_way_that_is_answered_from_a_whole_table(guard: Guard) -> None:
    # Of big tables EXISTS is made a hash of all rows, which small tables do not show.
    assert "EXISTS" not in guard.finds


def test_a_scan_of_a_whole_table_would_be_seen() -> None:
    assert "Seq Scan" in plan_of("SELECT detail FROM support_auditentry WHERE detail = 'x'")
