"""Usage by day as a chart that includes every day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from limosa.domain.charging.queries import daily_usage
from limosa.domain.esims.models import Esim
from limosa.web.drawing import Bar, bars


@dataclass(frozen=True, slots=True)
class ChartDay:
    """A day of the chart with its column."""

    day: date
    used_bytes: int
    bar: Bar
    is_today: bool


@dataclass(frozen=True, slots=True)
class UsageChart:
    """The days, oldest first."""

    days: list[ChartDay]
    width: int
    height: int

    @property
    def total_bytes(self) -> int:
        """The sum over the days."""
        return sum(day.used_bytes for day in self.days)

    @property
    def most(self) -> ChartDay:
        """The day with the most usage."""
        return max(self.days, key=lambda day: day.used_bytes)


def usage_chart(esim: Esim, *, count: int, now: datetime, height: int = 64) -> UsageChart:
    """Return the last `count` days, ending today, in the eSIM's own time zone. One statement."""
    today = now.astimezone(ZoneInfo(esim.time_zone)).date()
    since = today - timedelta(days=count - 1)
    used = {row.day: row.used_bytes for row in daily_usage(esim_id=esim.pk, since=since)}
    return _chart(used, since=since, count=count, height=height)


def _chart(used: Mapping[date, int], *, since: date, count: int, height: int) -> UsageChart:
    width = 336
    days = [since + timedelta(days=offset) for offset in range(count)]
    values = [used.get(day, 0) for day in days]
    gap = 0.38 if count <= 7 else 0.28
    columns = bars(values, width=width, height=height, gap=gap)
    return UsageChart(
        [
            ChartDay(day, value, bar, day == days[-1])
            for day, value, bar in zip(days, values, columns, strict=True)
        ],
        width,
        height,
    )
