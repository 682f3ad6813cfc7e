"""What the console's pages about suppliers count, they find by index: the orders, calls and
callbacks of the last days, however many there were before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from limosa.web.console.supplier_health import (
    health_by_supplier,
    last_call,
    last_message,
    refusals_of,
)
from tests.database.query_plans.reading import check_by_index, reads_of
from tests.factories.catalog import make_supplier

# A day's orders, for years; then a supplier that has had none for long.
ORDERS, ORDERS_A_DAY = 60_000, 100
BUSY, QUIET = "wholesale", "quiet"
TABLES = {"connectivity_supply", "connectivity_suppliercall", "connectivity_suppliermessage"}
ROWS_READ_MAX = 2_000
_SUPPLIES = """
INSERT INTO connectivity_supply (order_number, supplier_id, plan_code, cost_currency,
    renewed_iccid, renewed_reference, state, problem, reference, iccid, esim_reference, application,
    attempts, created_at, asked_at, ended_at)
SELECT 'L-' || i, CASE WHEN i %% 100 = 99 AND i > 20000 THEN %(quiet)s ELSE %(busy)s END, 'any',
       '', '', '', CASE WHEN i %% 20 = 0 THEN 'refused' ELSE 'delivered' END, '', '', '', '', '',
       1, at, at, at + interval '20 seconds'
  FROM generate_series(1, %(orders)s) AS i,
       LATERAL (SELECT %(now)s - i * interval '1 day' / %(a_day)s AS at) AS times
"""
_CALLS = """
INSERT INTO connectivity_suppliercall (supply_id, call, outcome, called_at, duration_ms)
SELECT id, 'order', 'delivered', created_at, 20 FROM connectivity_supply ORDER BY created_at
"""
_MESSAGES = """
INSERT INTO connectivity_suppliermessage
    (supplier_code, message_id, order_number, received_at, result)
SELECT supplier_id, order_number, order_number, created_at, 'applied' FROM connectivity_supply
 ORDER BY created_at
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _years_of_orders() -> None:
    make_supplier(BUSY)
    make_supplier(QUIET)
    values: dict[str, Any] = {
        "now": timezone.now(),
        "orders": ORDERS,
        "a_day": ORDERS_A_DAY,
        "busy": BUSY,
        "quiet": QUIET,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLIES, values)
        cursor.execute(_CALLS)
        cursor.execute(_MESSAGES)
        for table in sorted(TABLES):
            cursor.execute(f"ANALYZE {table}")


def check(visit: Callable[[], object]) -> None:
    check_by_index(reads_of(visit), tables=TABLES, rows_max=ROWS_READ_MAX)


def test_the_health_of_all_suppliers_is_counted_by_index() -> None:
    check(lambda: health_by_supplier(now=timezone.now()))


@pytest.mark.parametrize("code", [BUSY, QUIET])
def test_what_is_shown_of_one_supplier_is_found_by_index(code: str) -> None:
    now = timezone.now()
    check(lambda: refusals_of(code, now=now))
    check(lambda: last_call(code, now=now))
    check(lambda: last_message(code, now=now))


def test_without_its_index_a_count_is_caught() -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX supply_lately")
    with pytest.raises(AssertionError, match="Seq Scan"):
        check(lambda: health_by_supplier(now=timezone.now()))
