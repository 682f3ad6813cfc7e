"""Reads: what is sold, and what one currency is in another."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from limosa.domain.catalog.engine.exchange import EURO, cross_rate
from limosa.domain.catalog.models import Price
from limosa.foundation.errors import DomainRefusal

# Composed by hand: every quote asks this, and Django took longer to compose it than PostgreSQL
# takes to answer.
_NEWEST_OF_BOTH = """
SELECT one.day, one.source, one.per_euro, other.per_euro
  FROM catalog_exchangerate AS one
  JOIN catalog_exchangerate AS other ON other.day = one.day
 WHERE one.currency = %s AND other.currency = %s AND one.day <= %s
 ORDER BY one.day DESC LIMIT 1
"""
_NEWEST_OF_ONE = """
SELECT day, source, per_euro, 1::numeric
  FROM catalog_exchangerate WHERE currency = %s AND day <= %s ORDER BY day DESC LIMIT 1
"""


class RateMissingError(DomainRefusal):
    """No rate between the two currencies was published on the day or before it."""

    code = "exchange_rate_missing"


@dataclass(frozen=True, slots=True)
class ExchangeQuote:
    """Units of the wanted currency for one of the given; who published it, and on which day."""

    rate: Decimal
    day: date
    source: str


def plans_on_sale(*, currency: str) -> list[Price]:
    """Return the prices in a currency of all plans on sale, in the catalogue's order.

    Plan and carrier come with them, in one statement. A plan that has no price in
    the currency is not sold in it.
    """
    return list(
        Price.objects.filter(currency=currency, plan__on_sale=True)
        .select_related("plan__carrier")
        .order_by("plan__position", "plan_id")
    )


def exchange_rate(*, from_currency: str, to_currency: str, day: date) -> ExchangeQuote:
    """Return the newest rate of `day` or before it, on which both currencies were published.

    One statement. A currency to itself is 1, with no statement. Raises RateMissingError.
    """
    if from_currency == to_currency:
        return ExchangeQuote(rate=cross_rate(Decimal(1), Decimal(1)), day=day, source="par")
    with connection.cursor() as cursor:
        if EURO in {from_currency, to_currency}:
            other = to_currency if from_currency == EURO else from_currency
            cursor.execute(_NEWEST_OF_ONE, [other, day])
        else:
            cursor.execute(_NEWEST_OF_BOTH, [from_currency, to_currency, day])
        newest = cursor.fetchone()
    if newest is None:
        raise RateMissingError(f"{from_currency} to {to_currency} on {day} or before")
    found_day, source, first, second = newest
    if from_currency == EURO:
        first, second = second, first
    return ExchangeQuote(rate=cross_rate(first, second), day=found_day, source=source)
