"""When a person is told of a renewal, and when it is charged: before the gap, with time to retry.

    told ──── 7 days (20 for a year) ────▶ charged ── a day ── two days more ──▶ ··· the bundle ends

A plan that is shorter than that is told of as early as it can be. What was told later than planned
is charged later: never sooner after the notice than `least_lead`. Where a person agreed to that, a
plan whose data runs low is told of and charged earlier than by its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# How long before the charge a person is told, and the least that is accepted of it.
LEAD = timedelta(days=7)
LEAD_LEAST = timedelta(days=3)
LEAD_OF_A_YEAR = timedelta(days=20)
LEAD_OF_A_YEAR_LEAST = timedelta(days=15)
YEAR_LEAST = timedelta(days=300)
# Of a plan so short, or switched on so late, that there is no more time: half of what there is.
LEAD_EVER_LEAST = timedelta(hours=1)
# By data, it is told of at fifteen percent less than it is charged at. Where use is faster than the
# mail, the charge waits for it, and so long for the person.
LEAD_BY_DATA = timedelta(minutes=10)
_TOLD_PERCENT_BEFORE = 15
# The first charge comes this long before the end; a quarter of a short plan's time.
CHARGED_BEFORE = timedelta(days=4)
_SHARE_OF_TERM = 4
# Retries, in quarters of the time that was left at the first charge.
_QUARTERS = (0, 1, 3)
_REMINDED_BEFORE = timedelta(days=1)
_REMINDER_WORTH = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`notice_at`: when the notice goes out; `charge_at`: when it is charged, if it was told in
    time; `least_lead`: how long before the charge the notice has to be delivered."""

    notice_at: datetime
    charge_at: datetime
    ends_at: datetime
    least_lead: timedelta

    @property
    def remind_at(self) -> datetime | None:
        """When the person is told once more; None: the notice is hardly older than that."""
        if self.charge_at - self.notice_at < _REMINDER_WORTH:
            return None
        return self.charge_at - _REMINDED_BEFORE

    def charge_after(self, delivered_at: datetime) -> datetime | None:
        """Return when it may first be charged, told at `delivered_at`; None: not before the end."""
        at = max(self.charge_at, delivered_at + self.least_lead)
        return at if at < self.ends_at else None


def timetable(*, starts_at: datetime, ends_at: datetime, told_from: datetime) -> Timetable | None:
    """Return when the end of a bundle is told of and charged; None: it is too late for that.

    `told_from`: since when it can be told: the consent, or the purchase of the bundle, whichever is
    later.
    """
    term = ends_at - starts_at
    is_year = term >= YEAR_LEAST
    lead = LEAD_OF_A_YEAR if is_year else LEAD
    charge_at = ends_at - min(CHARGED_BEFORE, term / _SHARE_OF_TERM)
    charge_at = max(charge_at, told_from + LEAD_EVER_LEAST)
    if charge_at >= ends_at:
        return None
    notice_at = max(charge_at - lead, told_from)
    return Timetable(
        notice_at=notice_at,
        charge_at=charge_at,
        ends_at=ends_at,
        least_lead=_least_lead(charge_at - notice_at, is_year=is_year),
    )


def by_data(times: Timetable, *, low_at: datetime | None, due_at: datetime | None) -> Timetable:
    """Return the timetable of a bundle whose data runs low: `low_at`, since when it is to be told
    of, and `due_at`, since when it is to be charged; None: not yet."""
    if low_at is not None:
        times = replace(times, notice_at=min(times.notice_at, low_at))
    if due_at is not None:
        times = replace(
            times,
            charge_at=min(times.charge_at, due_at),
            least_lead=min(times.least_lead, LEAD_BY_DATA),
        )
    return times


def bytes_at(volume_bytes: int, *, percent: int) -> tuple[int, int]:
    """Return of how many bytes used a renewal by data at so many percent is told, and charged."""
    told = max(percent - _TOLD_PERCENT_BEFORE, 0)
    return volume_bytes * told // 100, volume_bytes * percent // 100


def slots(first_at: datetime, *, ends_at: datetime) -> Sequence[datetime]:
    """Return when a charge is attempted that was first attempted at `first_at`; all of them before
    the bundle ends."""
    quarter = (ends_at - first_at) / 4
    return [first_at + quarter * quarters for quarters in _QUARTERS]


def _least_lead(lead: timedelta, *, is_year: bool) -> timedelta:
    least = LEAD_OF_A_YEAR_LEAST if is_year else LEAD_LEAST
    return least if lead >= least else max(lead / 2, LEAD_EVER_LEAST)
