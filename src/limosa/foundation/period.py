"""How long a bundle is valid: whole days or calendar months, in the time zone where it is used.

A bundle ends at a local midnight, so that people see a date and never lose the rest of a day: the
exact end is start + validity, rounded up to the next local midnight.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class ValidityUnit(StrEnum):
    """The unit in which a validity is counted."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Validity:
    """`count` days or calendar months."""

    count: int
    unit: ValidityUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" if self.count == 1 else f"{self.count} {self.unit}s"

    def end_of(self, start_at: datetime, *, time_zone: str) -> datetime:
        """Return the first moment (UTC) at which a bundle begun at `start_at` is over."""
        zone = ZoneInfo(time_zone)
        local = start_at.astimezone(zone)
        last = self._add_to(local.date())
        if local.time() != time(0):
            last += timedelta(days=1)
        return datetime.combine(last, time(0), tzinfo=zone).astimezone(UTC)

    def exact_end_of(self, start_at: datetime, *, time_zone: str) -> datetime:
        """Return the end (UTC) without the rest of its day, and with days of 24 hours: all that is
        certain where others count them."""
        if self.unit is ValidityUnit.DAY:
            return start_at.astimezone(UTC) + timedelta(days=self.count)
        zone = ZoneInfo(time_zone)
        local = start_at.astimezone(zone)
        last = datetime.combine(self._add_to(local.date()), local.time(), tzinfo=zone)
        return last.astimezone(UTC)

    def _add_to(self, day: date) -> date:
        if self.unit is ValidityUnit.DAY:
            return day + timedelta(days=self.count)
        month_index = day.year * 12 + day.month - 1 + self.count
        year, month = divmod(month_index, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last_day))


def last_moment(ends_at: datetime) -> datetime:
    """Return the last second before an end.

    An end is stored as the first moment after it. People are shown the last minute that is theirs:
    Nov 24, 23:59, never midnight of the next day.
    """
    return ends_at - timedelta(seconds=1)
