"""Pages of plans read by index, however many plans are on sale.

Only where plans are sold is read whole, once a minute by each process; and of some thousand plans
the planner may find it cheaper to read all than to count the first thousand in order.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from limosa.domain.catalog.models import Plan
from limosa.domain.shelf.listing import COUNTED_MAX
from limosa_lab.seeding.many_plans import analyze, seed_plans
from tests.factories.promotions import make_promotion

PLANS = 6_000
BIG_TABLES = {"catalog_plan", "catalog_price"}
# What is counted, and what a filter passes over until it has.
ROWS_READ_MAX = 2 * COUNTED_MAX

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _many_plans(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        seed_plans(PLANS, now=timezone.now())
        analyze()
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def reads_of(path: str) -> list[tuple[str, str, int]]:
    """Return (table, way, rows) of each scan of the SELECTs of a visit."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, statement: str, parameters: Any, many: Any, context: Any) -> Any:
        is_page = not statement.startswith("SELECT COUNT(*)") and "unnest" not in statement
        if statement.lstrip().startswith("SELECT") and is_page:
            statements.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(note):
        assert Client().get(path).status_code == 200
    return [scan for one in statements for scan in explained(*one)]


def explained(statement: str, parameters: Any) -> Iterator[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        # Whether an index serves; of 6,000 plans, reading all may be reckoned as cheap.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        (answer,) = cursor.fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    yield from scans(plan[0]["Plan"])


def scans(node: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    if table := node.get("Relation Name"):
        removed = node.get("Rows Removed by Filter", 0)
        rows = round((node["Actual Rows"] + removed) * node["Actual Loops"])
        yield table, node["Node Type"], rows
    for part in node.get("Plans", []):
        yield from scans(part)


def check_by_index(found: list[tuple[str, str, int]]) -> None:
    big = [scan for scan in found if scan[0] in BIG_TABLES]
    assert big
    # The first row that a table happens to hold says that something is sold.
    whole = [scan for scan in big if scan[1] == "Seq Scan" and scan[2] > 1]
    assert whole == []
    assert [scan for scan in big if scan[2] > ROWS_READ_MAX] == []


@pytest.mark.parametrize(
    "path",
    [
        "/plans/",
        "/plans/?order=gb",
        "/plans/?order=day",
        "/plans/?after=5000-5000-many-17",
        "/plans/?order=gb&after=900000-900000-many-17",
        "/plans/?country=AL&days=7",
        "/plans/?carrier=carrier-al&order=day",
        "/plans/many-17/",
        "/plans/many-17/?country=AL",
        "/plans/compare/?plans=many-1,many-2,many-3,many-4",
    ],
)
def test_a_page_of_plans_reads_by_index(path: str) -> None:
    check_by_index(reads_of(path))


@pytest.mark.parametrize("order", ["price", "day", "gb"])
def test_a_promotion_for_all_plans_leaves_it_so(order: str) -> None:
    make_promotion(percent_off=20)
    check_by_index(reads_of(f"/plans/?order={order}&after=4000-5000-many-17"))


def test_without_its_index_a_read_is_caught() -> None:
    """The control."""
    plans = Plan.objects.filter(fair_use_kbps=1).values("pk")
    found = list(explained(*plans.query.sql_with_params()))
    with pytest.raises(AssertionError):
        check_by_index(found)
