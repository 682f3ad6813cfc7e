"""Days of use lived through again with a plan.

The plan is bought on the first day on which data is used and none is there, and bought again only
when its data is used up or its time is over, on the next day with use. No other choice of days
needs it fewer times, and a test compares with all others. Its days are reckoned from midnight of
the first, since nobody knows at what hour it would have been bought; so it never lasts longer here
than it does in fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from limosa.foundation.money import Money
from limosa.foundation.period import Validity


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used on a day; more than nothing."""

    day: date
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A plan as this rule sees it. `price`: as listed. `volume_bytes`: what ends it; None:
    unlimited, with `fast_bytes` at full speed."""

    code: str
    price: Money
    validity: Validity
    volume_bytes: int | None = None
    fast_bytes: int = 0


class Cause(StrEnum):
    """Why a plan is bought: for the first time, or since the one before was used up or over."""

    FIRST = "first"
    USED_UP = "used_up"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Purchase:
    """`count` times the plan on one day: more than once if the day used more than it holds.
    `ends_on`: the first day after the last of them."""

    day: date
    ends_on: date
    count: int
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What days would have been with a plan. `slow_days`: with use below full speed. `left_bytes`:
    of the last one, after the last day; None: unlimited."""

    terms: Terms
    purchases: tuple[Purchase, ...]
    slow_days: int
    left_bytes: int | None

    @property
    def count(self) -> int:
        """How many times the plan is bought."""
        return sum(purchase.count for purchase in self.purchases)

    @property
    def cost(self) -> Money:
        """What all of them cost as listed."""
        price = self.terms.price
        return Money(price.amount_minor * self.count, price.currency)

    @property
    def ended(self) -> int:
        """How many times it is bought again since its time was over."""
        return sum(purchase.cause is Cause.ENDED for purchase in self.purchases)

    @property
    def used_up(self) -> int:
        """How many times it is bought again since its data was used up."""
        return max(self.count - self.ended - 1, 0)

    @property
    def ends_on(self) -> date | None:
        """The first day after the last one bought; None: none was."""
        return self.purchases[-1].ends_on if self.purchases else None


def replay(terms: Terms, days: Sequence[DayUse]) -> Replay:
    """Live through days with a plan. `days`: in order, each once."""
    volume = terms.volume_bytes
    purchases: list[Purchase] = []
    left = slow_days = 0
    ends_on: date | None = None
    for one in days:
        is_running = ends_on is not None and one.day < ends_on
        cause = _cause(ends_on, is_over=not is_running and (volume is None or left > 0))
        left = left if is_running else 0
        rest = max(one.used_bytes - left, 0)
        left = max(left - one.used_bytes, 0)
        if is_running and (volume is None or not rest):
            slow_days += rest > 0
            continue
        count, left, is_slow = _bought(terms, rest)
        ends_on = _end_of(terms.validity, one.day)
        purchases.append(Purchase(one.day, ends_on, count, cause))
        slow_days += is_slow
    return Replay(
        terms=terms,
        purchases=tuple(purchases),
        slow_days=slow_days,
        left_bytes=None if volume is None else left,
    )


def whole_until(one: Replay, until: date) -> date:
    """Return up to which day, exclusive, only whole plans are counted: a plan that still runs on
    `until` with data left has not shown yet what it is worth."""
    if one.ends_on is None or one.ends_on <= until or one.left_bytes == 0:
        return until
    return one.purchases[-1].day


def _cause(ends_on: date | None, *, is_over: bool) -> Cause:
    if ends_on is None:
        return Cause.FIRST
    return Cause.ENDED if is_over else Cause.USED_UP


def _bought(terms: Terms, wanted: int) -> tuple[int, int, bool]:
    """Return how often it is bought for a day, what is left after it, and whether it was slow."""
    if terms.volume_bytes is None:
        return 1, max(terms.fast_bytes - wanted, 0), wanted > terms.fast_bytes
    count = -(-wanted // terms.volume_bytes)
    return count, count * terms.volume_bytes - wanted, False


def _end_of(validity: Validity, day: date) -> date:
    begins_at = datetime.combine(day, time(0), tzinfo=UTC)
    return validity.end_of(begins_at, time_zone="UTC").date()
