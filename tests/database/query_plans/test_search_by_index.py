"""A search reads what it shows, by index: neither all names nor all plans.

On thousands of plans in 200 countries, ANALYZEd. The statements are run, so that the rows that they
touch are counted. Statements that are prepared get a plan for any value after a while: that one is
looked at too.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from limosa_lab.seeding.plans import seed_plans
from tests.database.query_plans.reading import explain, reads_of

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

PLANS = 8_000
INDEXED = {"search_planentry", "search_termrow"}
# A country has some hundred plans of its own and of regions; with four currencies, and several
# countries at once, their sum.
ROWS_READ_MAX = 8_000
TYPED = [
    "usa",
    "meiguo",
    "jap",
    "Jpan",
    "europe unlimited",
    "us + canada + mexico",
    "japan + korea + france + chile",
    "carrier 7",
    "unlimited",
    "10gb",
    "u",
    "qwertzuiop",
    "caribbean",
    "antarctica unlimited",
    "worldwide",
    "esim",
    "hotspot",
    "verizon usa",
]


@pytest.fixture(scope="module", autouse=True)
def _many_plans(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        seed_plans(PLANS, seed=1, now=timezone.now(), report=lambda *_: None)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("typed", TYPED)
def test_a_search_reads_by_index(typed: str, mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
    reads = [read for read in reads_of(lambda: _visit(typed)) if read.table in INDEXED]
    assert reads
    for read in reads:
        assert read.by != "Seq Scan", read
    of_plans = [read.rows for read in reads if read.table == "search_planentry"]
    assert sum(of_plans) <= ROWS_READ_MAX, of_plans


def test_a_statement_that_reads_all_would_be_seen() -> None:
    """The control."""
    [read] = explain("SELECT plan FROM search_planentry WHERE days + 0 > %s", [-1])
    assert read.by == "Seq Scan"
    assert read.rows >= 4 * PLANS


def _visit(typed: str) -> None:
    assert Client().get("/search/", {"q": typed}).status_code == 200
