"""The days of a provider: each begins and ends at midnight in the provider's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_over(day: date, *, zone: str, at: datetime) -> bool:
    """Return whether a day has ended at a moment, by the calendar on the provider's wall."""
    return at.astimezone(ZoneInfo(zone)).date() > day


def span(day: date, *, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a day, and the first that is not of it any more.

    A day on which clocks change has 23 or 25 hours. Where they skip midnight, the day begins with
    the first moment that there is.
    """
    begins, ends = (
        datetime.combine(midnight, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for midnight in (day, day + timedelta(days=1))
    )
    return begins, ends
