"""Margins by plan and supplier, of the orders placed in a span of time, or of those that have a
promotion, as the books have them now.

What was sold: the net of an order, less what was reversed, and with what changes of plan moved to
it or from it: what the journal has on `deferred_revenue` and `revenue` together. Cost: what was
booked for it at suppliers. Fees: those of the settled lines of its payments. Losses are left out:
they belong to no sale.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from limosa.domain.catalog.queries import RateMissingError, exchange_rate
from limosa.domain.ordering.engine.margins import DatedRate, Margin, Part, Rates, part_of
from limosa.foundation.money import Money

# The orders that are wanted, each with its plan, and the supplier that delivered it: the eSIM's;
# before that, the latest that it was ordered at, or the plan's own.
_SALES = """
WITH sale AS MATERIALIZED (
    SELECT orders.number, quote.plan_id, quote.currency,
           orders.paid_at IS NOT NULL AS is_paid,
           CASE WHEN orders.paid_at IS NULL THEN 0
                ELSE quote.total_minor - quote.tax_minor
                     - orders.reversed_minor + orders.reversed_tax_minor
                     + coalesce((SELECT came.value_minor - came.value_tax_minor
                                   FROM ordering_planchange AS came
                                  WHERE came.order_id = orders.id AND came.state = 'counted'), 0)
                     - coalesce((SELECT went.value_minor - went.value_tax_minor
                                   FROM ordering_planchange AS went
                                  WHERE went.replaced_id = orders.id AND went.state = 'counted'), 0)
                END AS sold_minor,
           CASE WHEN orders.paid_at IS NULL OR orders.state = 'refunded' THEN 0
                ELSE quote.discount_minor END AS discount_minor,
           CASE WHEN orders.fulfilled_at IS NOT NULL AND esim.id IS NOT NULL THEN esim.supplier_id
                ELSE coalesce(
                    (SELECT supply.supplier_id FROM connectivity_supply AS supply
                      WHERE supply.order_number = orders.number ORDER BY supply.id DESC LIMIT 1),
                    plan.supplier_id) END AS supplier_id
      FROM ordering_order AS orders
      JOIN ordering_quote AS quote ON quote.id = orders.quote_id
      JOIN catalog_plan AS plan ON plan.code = quote.plan_id
      LEFT JOIN esims_esim AS esim ON esim.id = orders.esim_id
     WHERE {wanted}
)
"""
# A supplier that was not wanted in the end may have charged all the same: its cost is its own row.
_SUMS = f"""
{_SALES}
SELECT 'sold', plan_id, supplier_id, currency, currency,
       count(*) FILTER (WHERE is_paid), sum(sold_minor)
  FROM sale GROUP BY plan_id, supplier_id, currency
UNION ALL
SELECT 'cost', sale.plan_id, split_part(account.code, ':', 2), sale.currency, account.currency,
       0, -sum(posting.amount_minor)
  FROM sale
  JOIN ledger_journalentry AS entry ON entry.order_number = sale.number
   AND entry.kind IN ('supply_cost', 'supply_credit', 'supply_correction')
  JOIN ledger_posting AS posting ON posting.entry_id = entry.id
  JOIN ledger_account AS account ON account.id = posting.account_id AND account.kind = 'supplier'
 GROUP BY sale.plan_id, split_part(account.code, ':', 2), sale.currency, account.currency
UNION ALL
SELECT 'fee', sale.plan_id, sale.supplier_id, sale.currency, line.currency, 0, sum(line.fee_minor)
  FROM sale
  JOIN payments_payment AS payment ON payment.order_number = sale.number
  JOIN payments_settledline AS line ON line.payment_id = payment.id
  JOIN payments_settlement AS settlement ON settlement.id = line.settlement_id
   AND settlement.state = 'done'
 WHERE line.fee_minor <> 0
 GROUP BY sale.plan_id, sale.supplier_id, sale.currency, line.currency
"""  # noqa: S608 -- put together from constants
MARGINS = _SUMS.format(wanted="orders.placed_at >= %(since)s AND orders.placed_at < %(until)s")
# What they took off is gone again where all of the money went back.
OF_PROMOTION = (
    _SUMS.format(wanted="quote.promotion_id = %(promotion)s")
    + """
UNION ALL
SELECT 'discount', plan_id, supplier_id, currency, currency, 0, sum(discount_minor)
  FROM sale GROUP BY plan_id, supplier_id, currency
"""
)
_FEES_OF_NOTHING = """
SELECT line.currency, sum(line.fee_minor)
  FROM payments_settlement AS settlement
  JOIN payments_settledline AS line ON line.settlement_id = settlement.id
 WHERE settlement.day >= %(first)s AND settlement.day <= %(last)s AND settlement.state = 'done'
   AND line.payment_id IS NULL AND line.fee_minor <> 0
 GROUP BY line.currency HAVING sum(line.fee_minor) <> 0 ORDER BY line.currency
"""
_Key = tuple[str, str, str]
_Sums = dict[str, int]


@dataclass(slots=True)
class _Row:
    orders: int = 0
    sold_minor: int = 0
    discount_minor: int = 0
    fees: _Sums = field(default_factory=lambda: defaultdict(int))
    costs: _Sums = field(default_factory=lambda: defaultdict(int))


def margins(*, since: datetime, until: datetime, rates_of: date) -> list[Margin]:
    """Return the margins of the orders placed from `since` until before `until`, by plan, supplier
    and currency; those of which there is nothing to tell are left out.

    `rates_of`: amounts in other currencies are converted at the latest rates up to this day. One
    statement, and one for each pair of currencies.
    """
    rows = _rows(MARGINS, {"since": since, "until": until})
    return [margin for margin, _ in _margins(rows, rates_of)]


def margins_of_promotion(*, promotion_code: str, rates_of: date) -> list[tuple[Margin, Money]]:
    """Return the margins of the orders that have a promotion, as `margins` does, each with what the
    promotion took off; bonus data takes nothing off.

    `rates_of`: as in `margins`. One statement, and one for each pair of currencies.
    """
    return _margins(_rows(OF_PROMOTION, {"promotion": promotion_code}), rates_of)


def fees_of_no_order(*, first: date, last: date) -> list[Money]:
    """Return the fees in the settlements of these days that no payment of ours explains, by
    currency. With those of all orders they are what the books have as fees."""
    with connection.cursor() as cursor:
        cursor.execute(_FEES_OF_NOTHING, {"first": first, "last": last})
        return [Money(int(minor), currency) for currency, minor in cursor.fetchall()]


def _margins(rows: dict[_Key, _Row], rates_of: date) -> list[tuple[Margin, Money]]:
    """Return margins with their discounts; those of which there is nothing to tell are left out."""
    booked = {(code, key[2]) for key, row in rows.items() for code in (*row.fees, *row.costs)}
    rates = _rates(booked, rates_of)
    found = [
        (_margin(key, row, rates), Money(row.discount_minor, key[2]))
        for key, row in sorted(rows.items())
    ]
    return [(margin, discount) for margin, discount in found if not margin.is_empty]


def _rows(statement: str, values: dict[str, Any]) -> dict[_Key, _Row]:
    rows: dict[_Key, _Row] = defaultdict(_Row)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for what, plan, supplier, sold_in, booked_in, orders, minor in cursor.fetchall():
            row = rows[plan, supplier, sold_in]
            if what == "sold":
                row.orders, row.sold_minor = orders, int(minor)
            elif what == "discount":
                row.discount_minor = int(minor)
            else:
                (row.costs if what == "cost" else row.fees)[booked_in] += int(minor)
    return rows


def _rates(pairs: Iterable[tuple[str, str]], day: date) -> Rates:
    rates = {}
    for one, other in pairs:
        if one == other:
            continue
        try:
            quoted = exchange_rate(from_currency=one, to_currency=other, day=day)
        except RateMissingError:
            continue
        rates[one, other] = DatedRate(quoted.rate, quoted.day)
    return rates


def _margin(key: _Key, row: _Row, rates: Rates) -> Margin:
    plan, supplier, currency = key
    return Margin(
        plan=plan,
        supplier=supplier,
        orders=row.orders,
        sold=Money(row.sold_minor, currency),
        fees=_parts(row.fees, currency, rates),
        costs=_parts(row.costs, currency, rates),
    )


def _parts(sums: _Sums, currency: str, rates: Rates) -> tuple[Part, ...]:
    """The sale's own currency first; what came back whole is left out."""
    codes = sorted(sums, key=lambda code: (code != currency, code))
    booked = [Money(sums[code], code) for code in codes if sums[code]]
    return tuple(part_of(one, currency=currency, rates=rates) for one in booked)
