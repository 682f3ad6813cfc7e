"""When people travel and buy, by the calendar: suggestions for promotions.

Where a holiday moves, the library `holidays` (MIT) says when it is, as the governments of mainland
China and of the United States publish or compute it. How many days around it a promotion might run
is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from holidays import country_holidays

AHEAD = timedelta(days=365)
# The library's own names, by which its days are found.
_LANGUAGE = "en_US"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`country` and `holiday`: as the library has them; of several days the first. `fixed`: month
    and day of one that never moves. `before`, `after`: days that belong to it."""

    key: str
    before: int
    after: int
    country: str = ""
    holiday: str = ""
    fixed: tuple[int, int] = (0, 0)


_RULES = (
    _Rule("new-year", 3, 2, fixed=(1, 1)),
    # From the days before the eve, when people set off, to the Lantern Festival.
    _Rule("lunar-new-year", 5, 14, country="CN", holiday="Chinese New Year (Spring Festival)"),
    _Rule("valentines-day", 3, 0, fixed=(2, 14)),
    _Rule("labour-day", 1, 4, country="CN", holiday="Labor Day"),
    _Rule("dragon-boat", 1, 2, country="CN", holiday="Dragon Boat Festival"),
    _Rule("independence-day", 1, 1, country="US", holiday="Independence Day"),
    _Rule("mid-autumn", 1, 2, country="CN", holiday="Mid-Autumn Festival"),
    _Rule("golden-week", 2, 6, country="CN", holiday="National Day"),
    _Rule("singles-day", 1, 0, fixed=(11, 11)),
    # To the Monday after it.
    _Rule("thanksgiving", 0, 4, country="US", holiday="Thanksgiving Day"),
    _Rule("christmas", 5, 1, fixed=(12, 25)),
)
KEYS = tuple(rule.key for rule in _RULES)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A holiday, and the days around it on which a promotion might run. `key`: its kind."""

    key: str
    day: date
    first_day: date
    last_day: date

    @property
    def code(self) -> str:
        """A name for its promotion: lunar-new-year-2027."""
        return f"{self.key}-{self.day.year}"


def occasions(today: date) -> list[Occasion]:
    """Return those of the coming twelve months whose days are not over, in order."""
    found = [
        occasion
        for rule in _RULES
        for occasion in _of_rule(rule, today)
        if occasion.last_day >= today and occasion.day <= today + AHEAD
    ]
    return sorted(found, key=lambda one: (one.first_day, one.key))


def _of_rule(rule: _Rule, today: date) -> Iterator[Occasion]:
    for year in (today.year, today.year + 1):
        day = date(year, *rule.fixed) if rule.fixed[0] else _moving(rule, year)
        if day is not None:
            first, last = day - timedelta(days=rule.before), day + timedelta(days=rule.after)
            yield Occasion(rule.key, day, first, last)


def _moving(rule: _Rule, year: int) -> date | None:
    """Return the first day of a holiday; None: the library does not know of it."""
    days = country_holidays(rule.country, years=year, observed=False, language=_LANGUAGE)
    return min(
        (day for day in days if day.year == year and rule.holiday in days.get_list(day)),
        default=None,
    )
