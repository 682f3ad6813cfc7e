"""Money in and out, per day and channel, as charts.

Payments are dated by the provider, refunds by when we recorded them as finished, and fees by the
settlement's day. The wallet is left out: its money came in earlier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Sum
from django.db.models.functions import TruncDate

from limosa.domain.payments.models import (
    Refund,
    RefundState,
    SettlementTotal,
)
from limosa.domain.payments.queries import WALLET, takings
from limosa.foundation.money import Money

WIDTH = 720
HEIGHT = 150
_GAP = 0.3
_LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """A segment of a day's column."""

    y: float
    height: float


@dataclass(slots=True)
class FlowDay:
    """A day's sums, in minor units, and the position of its column."""

    day: date
    taken_minor: int = 0
    refunded_minor: int = 0
    fees_minor: int = 0
    x: float = 0.0
    width: float = 0.0
    blocks: dict[str, Block] = field(default_factory=dict)

    @property
    def net_minor(self) -> int:
        """The net of the day."""
        return self.taken_minor - self.refunded_minor - self.fees_minor

    @property
    def is_empty(self) -> bool:
        """Whether nothing moved."""
        return not (self.taken_minor or self.refunded_minor or self.fees_minor)


@dataclass(slots=True)
class Flow:
    """One channel in one currency: its days, oldest first. `zero`: the position of the axis."""

    provider: str
    currency: str
    days: list[FlowDay]
    zero: float = 0.0
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def taken(self) -> Money:
        """All takings."""
        return self._sum("taken_minor")

    @property
    def refunded(self) -> Money:
        """All refunds."""
        return self._sum("refunded_minor")

    @property
    def fees(self) -> Money:
        """All fees."""
        return self._sum("fees_minor")

    @property
    def net(self) -> Money:
        """The net."""
        return self._sum("net_minor")

    @property
    def moved_days(self) -> list[FlowDay]:
        """The days with any movement, newest first."""
        return [day for day in reversed(self.days) if not day.is_empty]

    def _sum(self, name: str) -> Money:
        return Money(sum(getattr(day, name) for day in self.days), self.currency)


_Sums = Mapping[tuple[str, str], Mapping[date, int]]


def cash_flow(*, days: int, time_zone: str, now: datetime) -> list[Flow]:
    """Return a chart for each channel and currency with movements; days are those of `time_zone`.

    Three statements, however many days.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(0), tzinfo=zone)
    sums = {
        "taken_minor": _taken(since, zone),
        "refunded_minor": _refunded(since, zone),
        "fees_minor": _fees(first),
    }
    keys = sorted({key for found in sums.values() for key in found})
    return [
        _flow(key, sums, [first + timedelta(days=turn) for turn in range(days)]) for key in keys
    ]


def _taken(since: datetime, zone: ZoneInfo) -> _Sums:
    rows = (
        takings(since=since)
        .values_list("provider", "received_currency", TruncDate("paid_at", tzinfo=zone))
        .annotate(minor=Sum("received_minor"))
    )
    return _by_channel(rows)


def _refunded(since: datetime, zone: ZoneInfo) -> _Sums:
    rows = (
        Refund.objects.filter(state=RefundState.SUCCEEDED, finished_at__gte=since)
        .exclude(payment__provider=WALLET)
        .values_list(
            "payment__provider",
            "payment__received_currency",
            TruncDate("finished_at", tzinfo=zone),
        )
        .annotate(minor=Sum("amount_minor"))
    )
    return _by_channel(rows)


def _fees(first: date) -> _Sums:
    rows = SettlementTotal.objects.filter(settlement__day__gte=first).values_list(
        F("settlement__provider"), "currency", F("settlement__day"), "fees_minor"
    )
    return _by_channel(row for row in rows if row[3])


def _by_channel(rows: Iterable[tuple[str, str, date, int]]) -> _Sums:
    found: dict[tuple[str, str], dict[date, int]] = defaultdict(dict)
    for provider, currency, day, minor in rows:
        found[(provider, currency)][day] = minor
    return found


def _flow(key: tuple[str, str], sums: Mapping[str, _Sums], days: list[date]) -> Flow:
    provider, currency = key
    columns = {name: found.get(key, {}) for name, found in sums.items()}
    rows = [
        FlowDay(
            day,
            taken_minor=columns["taken_minor"].get(day, 0),
            refunded_minor=columns["refunded_minor"].get(day, 0),
            fees_minor=columns["fees_minor"].get(day, 0),
        )
        for day in days
    ]
    flow = Flow(provider, currency, rows)
    _draw(flow)
    return flow


def _draw(flow: Flow) -> None:
    """Draw takings above the axis, refunds and then fees below it, all to one scale."""
    up = max(max(day.taken_minor, 0) for day in flow.days)
    down = max(day.refunded_minor + max(day.fees_minor, 0) for day in flow.days)
    scale = (HEIGHT - 2 * _LEAST) / max(up + down, 1)
    flow.zero = round(up * scale + _LEAST, 1)
    room = WIDTH / len(flow.days)
    for turn, day in enumerate(flow.days):
        day.x = round(turn * room + room * _GAP / 2, 1)
        day.width = round(room * (1 - _GAP), 1)
        if day.taken_minor > 0:
            tall = max(day.taken_minor * scale, _LEAST)
            day.blocks["taken"] = Block(round(flow.zero - tall, 1), round(tall, 1))
        below = flow.zero
        for name, minor in (("refunded", day.refunded_minor), ("fees", day.fees_minor)):
            if minor > 0:
                tall = max(minor * scale, _LEAST)
                day.blocks[name] = Block(round(below, 1), round(tall, 1))
                below += tall
