"""A month's margins for the page and for the file: the same rows, in the same order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from limosa.domain.ordering.engine.margins import Margin, Part
from limosa.domain.ordering.margins import fees_of_no_order, margins
from limosa.foundation.money import Money
from limosa.web.console.days import read_day
from limosa.web.console.long_reads import statements_may_take
from limosa.web.console.service_zone import day_zone

# Ours: a hundred thousand orders took less than one, on two busy cores.
_SECONDS_MAX = 30
COLUMNS = (
    "month",
    "plan",
    "supplier",
    "currency",
    "orders",
    "sold_minor",
    "fees_minor",
    "cost_minor",
    "margin_minor",
    "margin_basis_points",
    "fees_booked",
    "cost_booked",
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month in the service's zone, by its first day."""

    first: date

    @property
    def after(self) -> "Month":
        """The next one."""
        return Month((self.first + timedelta(days=31)).replace(day=1))

    @property
    def before(self) -> "Month":
        """The one before."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    @property
    def code(self) -> str:
        """As it stands in addresses and files: 2026-11."""
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        """As in addresses."""
        return self.code


def read_month(text: str, *, today: date) -> Month | None:
    """Return a month written as 2026-11, or, of an empty text, this month; None if it is
    invalid."""
    if not text:
        return Month(today.replace(day=1))
    day = read_day(f"{text}-01") if len(text) == len("2026-11") else None
    return Month(day) if day else None


def margins_of(month: Month, *, supplier: str, today: date) -> list[Margin]:
    """Return a month's margins, of one supplier or all: by currency, what is not known first, then
    the lowest.

    Other currencies are converted at the rates of its last day, or of today while it lasts.
    """
    zone = day_zone()
    with statements_may_take(_SECONDS_MAX):
        rows = margins(
            since=datetime.combine(month.first, time(0), tzinfo=zone),
            until=datetime.combine(month.after.first, time(0), tzinfo=zone),
            rates_of=min(month.last, today),
        )
    wanted = [row for row in rows if supplier in {"", row.supplier}]
    return sorted(wanted, key=_in_order)


def loose_fees(month: Month) -> list[Money]:
    """Return the month's fees that belong to no order."""
    return fees_of_no_order(first=month.first, last=month.last)


def file_rows(month: Month, rows: Iterable[Margin]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the file; what is not known for want of a rate is empty."""
    for row in rows:
        yield (
            month.code,
            row.plan,
            row.supplier,
            row.sold.currency,
            row.orders,
            row.sold.amount_minor,
            _minor(row.fee),
            _minor(row.cost),
            _minor(row.margin),
            "" if row.basis_points is None else row.basis_points,
            _booked(row.fees),
            _booked(row.costs),
        )


def _in_order(row: Margin) -> tuple[str, bool, int, str, str]:
    margin = row.margin
    known = 0 if margin is None else margin.amount_minor
    return (row.sold.currency, margin is not None, known, row.plan, row.supplier)


def _minor(amount: Money | None) -> int | str:
    return "" if amount is None else amount.amount_minor


def _booked(parts: Iterable[Part]) -> str:
    """As it was booked, with the rate and its day: "EUR 810 at 1.1605 of 2026-11-20"."""
    return "; ".join(_said(part) for part in parts)


def _said(part: Part) -> str:
    booked = f"{part.booked.currency} {part.booked.amount_minor}"
    if part.worth is None:
        return f"{booked} without a rate"
    return f"{booked} at {part.rate.rate:f} of {part.rate.day}" if part.rate else booked
