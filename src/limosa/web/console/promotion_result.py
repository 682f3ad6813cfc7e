"""What a promotion has brought: for its page, and the same rows as a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from limosa.domain.ordering.engine.margins import Margin, totals
from limosa.domain.ordering.margins import margins_of_promotion
from limosa.foundation.money import Money
from limosa.web.console.long_reads import statements_may_take

_SECONDS_MAX = 30
COLUMNS = (
    "promotion",
    "plan",
    "supplier",
    "currency",
    "orders",
    "discount_minor",
    "sold_minor",
    "fees_minor",
    "cost_minor",
    "margin_minor",
)
ResultRow = tuple[Margin, Money]


@dataclass(frozen=True, slots=True)
class Result:
    """The sums in one currency. `discount`: what the promotion took off what was not refunded."""

    margin: Margin
    discount: Money


def result_rows(promotion_code: str, *, today: date) -> list[ResultRow]:
    """Return the rows by plan and supplier, at the exchange rates of today."""
    with statements_may_take(_SECONDS_MAX):
        return margins_of_promotion(promotion_code=promotion_code, rates_of=today)


def results(rows: Sequence[ResultRow]) -> list[Result]:
    """Return the sums by currency; currencies are never added up."""
    found = []
    for total in totals([margin for margin, _ in rows]):
        currency = total.sold.currency
        discounts = (discount for _, discount in rows if discount.currency == currency)
        found.append(Result(total, sum(discounts, start=Money(0, currency))))
    return found


def file_rows(promotion_code: str, rows: Iterable[ResultRow]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the file; what is not known for want of a rate is empty."""
    for margin, discount in rows:
        yield (
            promotion_code,
            margin.plan,
            margin.supplier,
            margin.sold.currency,
            margin.orders,
            discount.amount_minor,
            margin.sold.amount_minor,
            *(
                "" if amount is None else amount.amount_minor
                for amount in (margin.fee, margin.cost, margin.margin)
            ),
        )
