"""When something may be charged, as docs/explanation/auto-renewal.md and ADR 41 say it.

Stated anew, without a line of domain/autorenewal: the two must agree.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_YEAR = 300 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A bundle that ends, and since when its end could be announced: since it was agreed to, or
    since the bundle was bought."""

    starts_at: datetime
    ends_at: datetime
    told_from: datetime

    @property
    def _is_year(self) -> bool:
        return self.ends_at - self.starts_at >= _YEAR

    @property
    def charge_at(self) -> datetime:
        """4 days before the end, a short plan a quarter of its term; switched on later than that,
        an hour from then."""
        before = min(4 * _DAY, (self.ends_at - self.starts_at) / 4)
        return max(self.ends_at - before, self.told_from + _HOUR)

    @property
    def notice_at(self) -> datetime:
        """7 days before the charge, for a year 20; or as soon as it can be."""
        lead = 20 * _DAY if self._is_year else 7 * _DAY
        return max(self.charge_at - lead, self.told_from)

    @property
    def least_lead(self) -> timedelta:
        """3 days between delivery and charge, for a year 15; where there is less time, half of what
        there is, an hour at least."""
        least = 15 * _DAY if self._is_year else 3 * _DAY
        there_is = self.charge_at - self.notice_at
        return least if there_is >= least else max(there_is / 2, _HOUR)
