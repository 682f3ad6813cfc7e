"""What is left of a sale after the payment fees and the supplier's cost, per currency.

Amounts in another currency than the sale's are converted at one dated rate, or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from limosa.foundation.money import BASIS_POINTS, Money, convert


@dataclass(frozen=True, slots=True)
class DatedRate:
    """Units of one currency for one of another, as published on a day."""

    rate: Decimal
    day: date


# From the first currency to the second.
Rates = Mapping[tuple[str, str], DatedRate]


@dataclass(frozen=True, slots=True)
class Part:
    """An amount as it was booked, and its worth in the sale's currency; None: there is no rate.

    `rate` None: none was needed.
    """

    booked: Money
    worth: Money | None
    rate: DatedRate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The sales of a plan that a supplier delivered, in one currency; or, as a total, of several.

    `sold`: without tax, less what was reversed. `fees`, `costs`: one part for each currency that
    they are booked in, less what came back.
    """

    plan: str
    supplier: str
    orders: int
    sold: Money
    fees: tuple[Part, ...]
    costs: tuple[Part, ...]

    @property
    def fee(self) -> Money | None:
        """All fees; None: there is no rate for some."""
        return _sum(self.fees, self.sold.currency)

    @property
    def cost(self) -> Money | None:
        """All cost; None: there is no rate for some."""
        return _sum(self.costs, self.sold.currency)

    @property
    def margin(self) -> Money | None:
        """What is left; None: there is no rate for some of what is taken off."""
        fee, cost = self.fee, self.cost
        return None if fee is None or cost is None else self.sold - fee - cost

    @property
    def basis_points(self) -> int | None:
        """The margin, of what was sold, rounded half away from zero; None: nothing is left sold, or
        the margin is not known."""
        margin, sold = self.margin, self.sold.amount_minor
        if margin is None or sold <= 0:
            return None
        size = (2 * abs(margin.amount_minor) * BASIS_POINTS + sold) // (2 * sold)
        return size if margin.amount_minor >= 0 else -size

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: no paid order, and nothing booked."""
        parts = (*self.fees, *self.costs)
        return not self.orders and not any(part.booked.amount_minor for part in parts)


def part_of(booked: Money, *, currency: str, rates: Rates) -> Part:
    """Return an amount with its worth in a currency."""
    if booked.currency == currency:
        return Part(booked, booked)
    rate = rates.get((booked.currency, currency))
    if rate is None:
        return Part(booked, None)
    return Part(booked, convert(booked, to_currency=currency, rate=rate.rate), rate)


def totals(margins: Sequence[Margin]) -> list[Margin]:
    """Return a total for each currency that was sold in: the sums of its rows, as they are shown.

    Each row is rounded by itself, so the total adds up to the minor unit.
    """
    return [
        _total([margin for margin in margins if margin.sold.currency == currency], currency)
        for currency in sorted({margin.sold.currency for margin in margins})
    ]


def _total(rows: Sequence[Margin], currency: str) -> Margin:
    return Margin(
        plan="",
        supplier="",
        orders=sum(row.orders for row in rows),
        sold=Money(sum(row.sold.amount_minor for row in rows), currency),
        fees=tuple(part for row in rows for part in row.fees),
        costs=tuple(part for row in rows for part in row.costs),
    )


def _sum(parts: Sequence[Part], currency: str) -> Money | None:
    total = Money(0, currency)
    for part in parts:
        if part.worth is None:
            return None
        total += part.worth
    return total
