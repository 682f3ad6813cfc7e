"""Which days are looked back on, and what is known of each.

A day counts once it is over. Days before the eSIM's first plan are not looked at; a day on which no
plan ran and nothing was used says nothing of what would have been used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from limosa.domain.advice.engine.replaying import DayUse
from limosa.foundation.money import share

LOOKED_BACK_DAYS = 90
# A plan for a year is worth its price only after a year.
LOOKED_BACK_DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to the one before `until`."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return max((self.until - self.since).days, 0)

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - timedelta(days=1)

    def all(self) -> Iterable[date]:
        """Return each day."""
        return (self.since + timedelta(days=number) for number in range(self.days))


@dataclass(frozen=True, slots=True)
class Ran:
    """A bundle's days: from the one on which it began to the one on which it ended. `last` None:
    it still runs."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class KnownUse:
    """Days looked back on. `used`: those with use; `unknown`: those without, on which no plan
    ran."""

    span: Span
    used: tuple[DayUse, ...]
    unknown: tuple[date, ...] = ()

    @property
    def total_bytes(self) -> int:
        """The sum of the days."""
        return sum(day.used_bytes for day in self.used)


def looked_back(*, today: date, days_of_plan: int) -> Span:
    """Return the days to look back on: as many as usual, or as a plan lasts, if that is longer."""
    days = min(max(LOOKED_BACK_DAYS, days_of_plan), LOOKED_BACK_DAYS_MAX)
    return Span(today - timedelta(days=days), today)


def known_use(span: Span, *, used: Mapping[date, int], ran: Iterable[Ran]) -> KnownUse:
    """Return what is known of the days of a span, from the first that anything is known of."""
    bundles = list(ran)
    begun = [max(one.first, span.since) for one in bundles if one.first < span.until]
    found = [day for day, size in used.items() if size > 0 and span.since <= day < span.until]
    whole = Span(min([*begun, *found], default=span.until), span.until)
    days = tuple(DayUse(day, used[day]) for day in sorted(found))
    with_plan = {day for one in bundles for day in _days_of(one, whole)}
    unknown = (day for day in whole.all() if day not in with_plan and not used.get(day))
    return KnownUse(whole, days, tuple(unknown))


def cut(known: KnownUse, *, until: date) -> KnownUse:
    """Return the same without the days from `until` on."""
    return KnownUse(
        Span(known.span.since, until),
        tuple(one for one in known.used if one.day < until),
        tuple(day for day in known.unknown if day < until),
    )


def paid_share(paid_minor: int, *, ran: Ran, span: Span) -> int:
    """Return how much of what a bundle cost falls on a span, by its days, rounded down. One that
    still runs without a known end counts up to the span's last day."""
    last = ran.last or span.last
    whole = (last - ran.first).days + 1
    part = (min(last, span.last) - max(ran.first, span.since)).days + 1
    return share(paid_minor, part=part, whole=whole)


def _days_of(one: Ran, span: Span) -> Iterable[date]:
    first = max(one.first, span.since)
    last = min(one.last or span.last, span.last)
    return Span(first, last + timedelta(days=1)).all()
