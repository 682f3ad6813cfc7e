"""Margins are found by index: of years of orders, only those of the time asked for are read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from limosa.domain.ordering.margins import MARGINS, OF_PROMOTION, margins, margins_of_promotion
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Settlement
from limosa.foundation.money import Money
from tests.database.query_plans.reading import check_by_index, explain
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.esims import make_esim
from tests.factories.promotions import make_promotion
from tests.factories.settlements import make_settlement

pytestmark = pytest.mark.django_db
ORDERS = 30_000
BEGIN = datetime(2022, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=1)
# To these few orders what a month is to years of many.
SPAN = (datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 4, tzinfo=UTC))
# The supplies are empty here: only what is not delivered yet is looked up there.
SMALL = {
    "catalog_plan",
    "connectivity_supply",
    "esims_esim",
    "ledger_account",
    "payments_settlement",
}
# An order has its cost and, of its bundle's month, a few of its earnings.
_ROWS = """
SET LOCAL session_replication_role = replica;
INSERT INTO ledger_account (id, code, kind, currency) VALUES
    (1, 'supplier:wholesale:USD', 'supplier', 'USD'),
    (2, 'cost_of_sales:USD', 'cost_of_sales', 'USD'),
    (3, 'deferred_revenue:USD', 'deferred_revenue', 'USD'), (4, 'revenue:USD', 'revenue', 'USD');
INSERT INTO ordering_quote (id, public_id, subscriber_id, esim_id, plan_id, start_rule, way,
    list_minor, discount_minor, value_minor, total_minor, tax_minor, currency, exchange, time_zone,
    created_at, expires_at)
SELECT n, 'q' || n, %(subscriber)s, %(esim)s, %(plan)s, 'now', 'new_esim', 2500, 0, 0, 2500, 169,
       'USD', '{}', 'UTC', %(begin)s + n * %(every)s, %(begin)s + n * %(every)s
  FROM generate_series(1, %(orders)s) AS n;
INSERT INTO ordering_order (id, number, quote_id, subscriber_id, esim_id, state, consented_at,
    placed_at, paid_at, fulfilled_at, recognized_minor, reversed_minor, reversed_tax_minor, link)
SELECT id, 'L-' || id, id, subscriber_id, esim_id, 'fulfilled', created_at, created_at, created_at,
       created_at, 0, 0, 0, ''
  FROM ordering_quote;
INSERT INTO ordering_planchange (order_id, replaced_id, state, value_minor, value_tax_minor,
    made_at, counted_at)
SELECT id, id - 1, 'counted', 100, 100, placed_at, placed_at
  FROM ordering_order WHERE mod(id, 2) = 0;
INSERT INTO ledger_journalentry (id, key, kind, order_number, posted_at)
SELECT 5 * id + turn, turn || ':' || number, CASE turn WHEN 0 THEN 'supply_cost' ELSE 'earning' END,
       number, placed_at
  FROM ordering_order, generate_series(0, 4) AS turn;
INSERT INTO ledger_posting (entry_id, account_id, amount_minor)
SELECT id, CASE kind WHEN 'supply_cost' THEN 1 ELSE 4 END, -810 FROM ledger_journalentry;
INSERT INTO ledger_posting (entry_id, account_id, amount_minor)
SELECT id, CASE kind WHEN 'supply_cost' THEN 2 ELSE 3 END, 810 FROM ledger_journalentry;
INSERT INTO payments_settledline (settlement_id, provider, kind, reference, nth, amount_minor,
    currency, fee_minor, at, payment_number, refund_number, transaction_id, payment_id)
SELECT %(settlement)s, 'fake', 'payment', 'T' || id, 1, 2500, 'USD', 15, placed_at, '', '', '', id
  FROM ordering_order;
INSERT INTO payments_payment (id, number, order_number, subscriber_id, provider, method, state,
    amount_minor, currency, pay_url, reference, save_wanted, is_automatic, transaction_id,
    received_minor, received_currency, refunded_minor, pays_order, in_wallet, problem, created_at,
    expires_at, paid_at, applied_at, decline, captures_refused)
SELECT id, 'LM' || id, number, subscriber_id, 'fake', 'native', 'succeeded', 2500, 'USD', '', '',
       false, false, 'T' || id, 2500, 'USD', 0, true, false, '', placed_at, placed_at, placed_at,
       placed_at, '', 0
  FROM ordering_order;
"""


@pytest.fixture
def _years_of_orders() -> None:
    esim = make_esim(supplier=make_supplier("wholesale"))
    plan = make_plan(supplier=esim.supplier)
    settlement: Settlement = make_settlement()
    values: dict[str, Any] = {
        "subscriber": esim.subscriber_id,
        "esim": esim.pk,
        "plan": plan.pk,
        "begin": BEGIN,
        "every": EVERY,
        "orders": ORDERS,
        "settlement": settlement.pk,
    }
    with connection.cursor() as cursor:
        for statement in _ROWS.split(";\n"):
            cursor.execute(statement, values if "%(" in statement else None)
        cursor.execute("ANALYZE")


@pytest.mark.usefixtures("_years_of_orders")
def test_of_a_promotion_only_its_orders_are_read() -> None:
    promotion = make_promotion()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ordering_quote SET promotion_id = %s, list_minor = 2600, discount_minor = 100"
            " WHERE id %% 500 = 0",
            [promotion.code],
        )
        cursor.execute("ANALYZE ordering_quote")
    small = SMALL | {"promotions_promotion"}
    read = [
        one
        for one in explain(OF_PROMOTION, {"promotion": promotion.code})
        if one.table not in small
    ]
    check_by_index(read, tables={one.table for one in read}, rows_max=3 * ORDERS // 500)
    assert ("ordering_quote", "quote_of_promotion") in {(one.table, one.index) for one in read}
    [(margin, discount)] = margins_of_promotion(
        promotion_code=promotion.code, rates_of=BEGIN.date()
    )
    assert (margin.orders, discount) == (60, Money(6000, "USD"))
    assert margin.margin == Money(60 * (2500 - 169 - 810 - 15), "USD")


@pytest.mark.usefixtures("_years_of_orders")
def test_of_years_of_orders_only_the_asked_are_read() -> None:
    since, until = SPAN
    placed = Order.objects.filter(placed_at__gte=since, placed_at__lt=until).count()
    assert placed == 72
    read = [
        one for one in explain(MARGINS, {"since": since, "until": until}) if one.table not in SMALL
    ]
    assert {one.table for one in read} >= {
        "ordering_order",
        "ordering_quote",
        "ledger_journalentry",
        "ledger_posting",
        "payments_payment",
        "payments_settledline",
    }
    check_by_index(read, tables={one.table for one in read}, rows_max=3 * placed)
    # Of an order's entries, its earnings are not read.
    assert ("ledger_journalentry", "entry_of_supply") in {(one.table, one.index) for one in read}
    [margin] = margins(since=since, until=until, rates_of=since.date())
    assert margin.margin == Money(placed * (2500 - 169 - 810 - 15), "USD")
