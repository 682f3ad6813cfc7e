"""Where a plan comes in a list that is ordered by what it costs now.

The database keeps prices and rates as they are listed, in order. A discount in percent keeps that
order, so plans with the same promotion are read by index, from where a page begins; `value_now` and
its inverse say where that is. A place is (value now, value listed, code), which is never the same
for two plans.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from limosa.domain.catalog.engine.rates import rate_per_gb

_PERCENT = 100
_DIGITS_MAX = 18


class Order(StrEnum):
    """What a list is ordered by, the least first."""

    PRICE = "price"
    PER_GB = "gb"
    PER_DAY = "day"


class Place(NamedTuple):
    """Where a plan stands in a list."""

    now: int
    listed: int
    code: str

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.now}-{self.listed}-{self.code}"


def read_place(text: str) -> Place | None:
    """Return a place from an address; None if it is none."""
    now, _, rest = text.partition("-")
    listed, _, code = rest.partition("-")
    numbers = (now, listed)
    if not code or any(not one.isdecimal() or len(one) > _DIGITS_MAX for one in numbers):
        return None
    return Place(int(now), int(listed), code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A plan's price and rates as they are listed, and what a promotion makes of them.

    `volume_bytes`: None for unlimited data, to which nothing can be added. `amount_off_minor`: what
    is taken off the price, if it is no percentage; of a rate, the same part.
    """

    amount_minor: int
    rate_per_gb: int
    rate_per_day: int
    volume_bytes: int | None
    percent_off: int = 0
    amount_off_minor: int = 0
    bonus_bytes: int = 0

    def listed(self, order: Order) -> int:
        """Return the value without promotion."""
        match order:
            case Order.PRICE:
                return self.amount_minor
            case Order.PER_GB:
                return self.rate_per_gb
            case Order.PER_DAY:
                return self.rate_per_day

    def now(self, order: Order) -> int:
        """Return the value with the promotion."""
        if order is Order.PER_GB and self.bonus_bytes and self.volume_bytes:
            return rate_per_gb(self.amount_minor, volume_bytes=self.volume_bytes + self.bonus_bytes)
        listed = self.listed(order)
        if self.amount_off_minor:
            return listed - listed * self.amount_off_minor // self.amount_minor
        return value_now(listed, self.percent_off)


def value_now(listed: int, percent_off: int) -> int:
    """Return a value less a discount that is rounded down, as a price's is."""
    return listed - listed * percent_off // _PERCENT


def least_listed(now: int, percent_off: int) -> int:
    """Return the least listed value that comes to `now` or more."""
    return (now - 1) * _PERCENT // (_PERCENT - percent_off) + 1


def most_listed(now: int, percent_off: int) -> int:
    """Return the greatest listed value that comes to `now` or less."""
    return now * _PERCENT // (_PERCENT - percent_off)


def begins_at(after: Place, percent_off: int) -> tuple[int, str]:
    """Return after which (listed value, code) those stand that stand after a place.

    Of the plans with this discount, in the order of their listed values.
    """
    least = least_listed(after.now, percent_off)
    most = most_listed(after.now, percent_off)
    if after.listed < least:
        return least, ""
    return (after.listed, after.code) if after.listed <= most else (most + 1, "")
