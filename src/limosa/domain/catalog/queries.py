"""Reads: what is sold, and exchange rates."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from limosa.domain.catalog.engine.exchange import EURO, cross_rate
from limosa.domain.catalog.models import PlanKind, PlanSource, Price
from limosa.foundation.errors import DomainRefusal

_DEFAULT_CURRENCY = "USD"
# Mainland channels take only this currency; its rate is fixed with what is paid.
CHANNEL_CURRENCY = "CNY"
# Written by hand: every quote runs this, and Django took longer to compose it than PostgreSQL
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
    """No rate between the two currencies was published on or before the day."""

    code = "exchange_rate_missing"


@dataclass(frozen=True, slots=True)
class ExchangeQuote:
    """Units of the wanted currency for one of the given; its source and its day."""

    rate: Decimal
    day: date
    source: str


def offered_prices() -> QuerySet[Price]:
    """Return the prices of what is offered: plans on sale of which a supplier is set up.

    Without one a plan would be sold and never delivered.
    """
    set_up = list(settings.SUPPLIER_ADAPTERS)
    sources = PlanSource.objects.filter(plan=OuterRef("plan"), supplier__in=set_up)
    can_be_bought = Q(plan__supplier__in=set_up) | Exists(sources)
    return Price.objects.filter(can_be_bought, plan__on_sale=True)


def plans_on_sale(*, currency: str, plan_code: str = "") -> list[Price]:
    """Return the prices in a currency of all plans that are offered, in catalogue order; or of one.

    Includes plan, carrier and sources, in two statements. A plan without a price in the currency is
    not sold in it.
    """
    prices = offered_prices().filter(currency=currency)
    if plan_code:
        prices = prices.filter(plan_id=plan_code)
    return list(
        prices.select_related("plan__carrier")
        .prefetch_related("plan__sources")
        .order_by("plan__position", "plan_id")
    )


def currencies_on_sale() -> list[str]:
    """Return the currencies in which a first eSIM can be bought: the one with the most plans first,
    then by code. One statement."""
    first_plans = offered_prices().exclude(plan__kind=PlanKind.TOP_UP)
    counted = first_plans.values("currency").annotate(plans=Count("pk"))
    return list(counted.order_by("-plans", "currency").values_list("currency", flat=True))


def default_currency() -> str:
    """Return the currency of whoever has not chosen one: US dollars where something is sold in
    them, otherwise the first of `currencies_on_sale`. Nothing is on sale: US dollars."""
    first_plans = offered_prices().exclude(plan__kind=PlanKind.TOP_UP)
    if first_plans.filter(currency=_DEFAULT_CURRENCY).exists():
        return _DEFAULT_CURRENCY
    return next(iter(currencies_on_sale()), _DEFAULT_CURRENCY)


def exchange_rate(*, from_currency: str, to_currency: str, day: date) -> ExchangeQuote:
    """Return the latest rate, up to `day`, on which both currencies were published.

    One statement; none for a currency to itself, whose rate is 1. Raises RateMissingError.
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


def channel_rates(*, currency: str, now: datetime) -> dict[str, dict[str, str]]:
    """Return the rates for channels that take another currency than this one, as a quote and a
    top-up store them: {"CNY": {"rate": "7.1448", "day": "2026-11-20", "source": "ECB"}}."""
    if currency == CHANNEL_CURRENCY:
        return {}
    try:
        rate = exchange_rate(from_currency=currency, to_currency=CHANNEL_CURRENCY, day=now.date())
    except RateMissingError:
        return {}
    return {
        CHANNEL_CURRENCY: {
            "rate": f"{rate.rate:f}",
            "day": rate.day.isoformat(),
            "source": rate.source,
        }
    }
