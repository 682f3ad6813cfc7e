"""Pages of plans read by index, however many plans are on sale.

Only where plans are sold is read whole, once a minute by each process; and of some thousand plans
the planner may find it cheaper to read all than to count the first thousand by index. Each plan is
for one country here: where one in ten fits, it may be cheaper to read all of them, too.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from limosa.domain.catalog.models import Plan
from limosa.domain.shelf.listing import COUNTED_MAX
from limosa_lab.seeding.plans import COUNTRIES, seed_plans
from tests.database.query_plans.reading import Read, explain, reads_of
from tests.factories.promotions import make_promotion

PLANS = 6_000
BIG_TABLES = {"catalog_plan", "catalog_price"}
# What is counted, and what a filter passes over until it has.
ROWS_READ_MAX = 2 * COUNTED_MAX

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _many_plans(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        seed_plans(PLANS, seed=1, now=timezone.now(), report=lambda *_: None, carriers=COUNTRIES)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_plan SET countries = countries[1:1]")
            cursor.execute("ANALYZE")
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def visit(path: str) -> None:
    assert Client().get(path).status_code == 200


@pytest.fixture(autouse=True)
def _whether_an_index_serves(db: None) -> None:
    """Of 6,000 plans, reading all may be reckoned as cheap."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def check(reads: list[Read]) -> None:
    big = [read for read in reads if read.table in BIG_TABLES and not is_left_out(read)]
    assert big
    # The first row that a table happens to hold says that something is sold.
    assert [read for read in big if read.by == "Seq Scan" and read.rows > 1] == []
    assert [read for read in big if read.rows > ROWS_READ_MAX] == []


def is_left_out(read: Read) -> bool:
    """Counting, and where plans are sold."""
    return read.statement.startswith("SELECT COUNT(*)") or "unnest" in read.statement


@pytest.mark.parametrize(
    "path",
    [
        "/plans/",
        "/plans/?order=gb",
        "/plans/?order=day",
        "/plans/?after=5000-5000-seed-17",
        "/plans/?order=gb&after=900000-900000-seed-17",
        "/plans/?carrier=seed-7&order=day",
        "/plans/seed-17/",
        "/plans/seed-17/?country=JP",
        "/plans/compare/?plans=seed-1,seed-2,seed-3,seed-4",
        "/coverage/carriers/seed-7/",
        "/",
    ],
)
def test_a_page_of_plans_reads_by_index(path: str) -> None:
    check(reads_of(lambda: visit(path)))


@pytest.mark.parametrize(
    "path",
    [
        "/plans/?country=JP&days=7",
        "/coverage/jp/",
        "/coverage/us/ca/",
        "/advice/?country=JP&days=10&use=social",
    ],
)
def test_the_plans_of_a_country_are_found_by_index(path: str) -> None:
    """Their prices are, too; or all in the currency, where that is as cheap."""
    reads = reads_of(lambda: visit(path))
    big = [read for read in reads if read.table in BIG_TABLES and not is_left_out(read)]
    assert [read for read in big if read.by == "Seq Scan" and read.rows > 1] == []
    plans = [read.rows for read in big if read.table == "catalog_plan"]
    assert max(plans) <= ROWS_READ_MAX


@pytest.mark.parametrize("order", ["price", "day", "gb"])
def test_a_promotion_for_all_plans_leaves_it_so(order: str) -> None:
    make_promotion(percent_off=20)
    check(reads_of(lambda: visit(f"/plans/?order={order}&after=4000-5000-seed-17")))


def test_without_its_index_a_read_is_caught() -> None:
    """The control."""
    plans = Plan.objects.filter(fair_use_kbps=1).values("pk")
    with pytest.raises(AssertionError, match="Seq Scan"):
        check(explain(*plans.query.sql_with_params()))
