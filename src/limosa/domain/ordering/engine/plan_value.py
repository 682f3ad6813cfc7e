"""What is left of a plan, in money: what counts towards the plan that a person changes to.

Of what was truly paid, the share of the time that is left or the share of the data that is left,
whichever is less. That is what has not been earned yet (recognition.py), so nothing is earned twice
and nothing is given away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from limosa.domain.ordering.engine.recognition import Progress
from limosa.foundation.money import share
from limosa.foundation.volume import MB

# From the price that a page shows to its payment, so much of a plan may be used for nothing: a part
# of what was paid for it, and no more than is paid now. Beyond that the change is not made.
USED_MEANWHILE = Fraction(1, 10)
# What the former plan still gives on the former eSIM, until the new one is installed. It comes on
# top of what counts, so it is just enough to install by: whoever changes to and fro gets it each
# time, for no more than the seconds that have passed.
BRIDGE_BYTES = 200 * MB
BRIDGE_TIME = timedelta(days=3)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """An amount in minor units of a plan's currency, of which `tax_minor` is tax."""

    total_minor: int
    tax_minor: int

    @property
    def net_minor(self) -> int:
        """The amount without tax."""
        return self.total_minor - self.tax_minor

    def part(self, total_minor: int) -> "Value":
        """Return a part of it, with its share of the tax, rounded down."""
        tax_minor = share(self.tax_minor, part=total_minor, whole=self.total_minor)
        return Value(total_minor=total_minor, tax_minor=tax_minor)


NOTHING = Value(total_minor=0, tax_minor=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What is left of a plan, each between none and all. `data` None: it is unlimited."""

    time: Fraction
    data: Fraction | None

    @property
    def lesser(self) -> Fraction:
        """The share that counts."""
        return self.time if self.data is None else min(self.time, self.data)


def shares_left(progress: Progress, *, now: datetime) -> Shares:
    """Return what is left of a plan at a moment: all of its time while it has not begun."""
    data = None
    if progress.volume_bytes is not None:
        left_bytes = max(progress.volume_bytes - progress.used_bytes, 0)
        data = Fraction(left_bytes, max(progress.volume_bytes, 1))
    if progress.is_over:
        return Shares(time=Fraction(0), data=data)
    starts_at, ends_at = progress.starts_at, progress.ends_at
    if starts_at is None or ends_at is None or now <= starts_at:
        return Shares(time=Fraction(1), data=data)
    left = max(ends_at - now, timedelta(0)) // _MICROSECOND
    return Shares(time=Fraction(left, (ends_at - starts_at) // _MICROSECOND), data=data)


def value_left(paid: Value, *, progress: Progress, now: datetime) -> Value:
    """Return what is left of what was paid for a plan, rounded down to a minor unit.

    `paid`: after discounts, and less what went back. Never more than that; none once it is over.
    """
    return paid.part(int(paid.total_minor * shares_left(progress, now=now).lesser))


def given_at_most(paid: Value, *, rest_minor: int) -> int:
    """Return what of a plan may be used, in minor units, without lowering the value that was shown.

    `rest_minor`: what is paid now. No more is given away than that: else whoever changes between
    two plans of one price would use a part of each for nothing, again and again.
    """
    return min(int(paid.total_minor * USED_MEANWHILE), rest_minor)


def still_holds(shown_minor: int, *, left: Value, paid: Value, rest_minor: int) -> bool:
    """Return whether a value that was shown may still count: it was paid, and what was used since
    is not too much. `rest_minor`: what is paid now."""
    used_minor = shown_minor - left.total_minor
    is_paid = 0 < shown_minor <= paid.total_minor
    return is_paid and used_minor <= given_at_most(paid, rest_minor=rest_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """What a plan keeps until the eSIM of the one that follows is installed. `volume_bytes`: in
    all, with what was used."""

    volume_bytes: int
    ends_at: datetime


def bridge(progress: Progress, *, ends_at: datetime, now: datetime) -> Bridge:
    """Return what a running plan keeps, whose value counts towards another one."""
    volume_bytes = progress.used_bytes + BRIDGE_BYTES
    if progress.volume_bytes is not None:
        volume_bytes = min(volume_bytes, progress.volume_bytes)
    return Bridge(volume_bytes=volume_bytes, ends_at=min(ends_at, now + BRIDGE_TIME))
