"""Takings per day and currency, as charts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from limosa.domain.payments.queries import takings as payments_taken
from limosa.foundation.money import Money
from limosa.web.drawing import Bar, bars

DAYS = 14
_WIDTH = 560
_HEIGHT = 72


@dataclass(frozen=True, slots=True)
class TakingsDay:
    """A day with its column."""

    day: date
    amount: Money
    payments: int
    bar: Bar


@dataclass(frozen=True, slots=True)
class TakingsChart:
    """One currency's days, oldest first, today last."""

    currency: str
    days: list[TakingsDay]
    width: int = _WIDTH
    height: int = _HEIGHT

    @property
    def today(self) -> TakingsDay:
        """The last day."""
        return self.days[-1]

    @property
    def total(self) -> Money:
        """The sum over the days."""
        return Money(sum(day.amount.amount_minor for day in self.days), self.currency)

    @property
    def most(self) -> TakingsDay:
        """The day with the highest takings."""
        return max(self.days, key=lambda day: day.amount.amount_minor)


def takings(*, time_zone: str, now: datetime) -> list[TakingsChart]:
    """Return a chart for each currency taken in the last days; days are those of `time_zone`.

    One statement. payments.queries.takings defines what counts.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    since = today - timedelta(days=DAYS - 1)
    rows = (
        payments_taken(since=datetime.combine(since, time(0), tzinfo=zone))
        .values("received_currency", day=TruncDate("paid_at", tzinfo=zone))
        .annotate(amount_minor=Sum("received_minor"), payments=Count("pk"))
        .order_by("received_currency")
    )
    by_currency: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        by_currency[row["received_currency"]][row["day"]] = (row["amount_minor"], row["payments"])
    return [_chart(currency, found, since) for currency, found in by_currency.items()]


def _chart(currency: str, found: Mapping[date, tuple[int, int]], since: date) -> TakingsChart:
    days = [since + timedelta(days=offset) for offset in range(DAYS)]
    columns = bars(
        [found.get(day, (0, 0))[0] for day in days], width=_WIDTH, height=_HEIGHT, gap=0.3
    )
    return TakingsChart(
        currency,
        [
            TakingsDay(day, Money(amount_minor, currency), payments, bar)
            for day, bar in zip(days, columns, strict=True)
            for amount_minor, payments in [found.get(day, (0, 0))]
        ],
    )
