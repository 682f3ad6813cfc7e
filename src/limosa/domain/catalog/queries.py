"""Reads: what is sold, and what one currency is in another."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Value

from limosa.domain.catalog.engine.exchange import EURO, cross_rate
from limosa.domain.catalog.models import ExchangeRate, Price
from limosa.foundation.problem import DomainRefusal


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

    Plan, supplier and carrier come with them, in one statement. A plan that has no price in
    the currency is not sold in it.
    """
    return list(
        Price.objects.filter(currency=currency, plan__on_sale=True)
        .select_related("plan__supplier", "plan__carrier")
        .order_by("plan__position", "plan_id")
    )


def exchange_rate(*, from_currency: str, to_currency: str, day: date) -> ExchangeQuote:
    """Return the newest rate of `day` or before it, on which both currencies were published.

    One statement. A currency to itself is 1, with no statement. Raises RateMissingError.
    """
    if from_currency == to_currency:
        return ExchangeQuote(rate=cross_rate(Decimal(1), Decimal(1)), day=day, source="par")
    newest = (
        ExchangeRate.objects.filter(
            currency=to_currency if from_currency == EURO else from_currency, day__lte=day
        )
        .annotate(from_rate=_rate_of_the_day(from_currency), to_rate=_rate_of_the_day(to_currency))
        .filter(from_rate__isnull=False, to_rate__isnull=False)
        .order_by("-day")
        .first()
    )
    if newest is None:
        raise RateMissingError(f"{from_currency} to {to_currency} on {day} or before")
    return ExchangeQuote(
        rate=cross_rate(newest.from_rate, newest.to_rate), day=newest.day, source=newest.source
    )


def _rate_of_the_day(currency: str) -> Value | Subquery:
    if currency == EURO:
        return Value(Decimal(1))
    return Subquery(
        ExchangeRate.objects.filter(currency=currency, day=OuterRef("day")).values("per_euro")
    )
