"""A provider's days, which begin and end at midnight in the provider's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_over(day: date, *, zone: str, at: datetime) -> bool:
    """Return whether a day has ended at a moment, in the provider's time zone."""
    return at.astimezone(ZoneInfo(zone)).date() > day


def span(day: date, *, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a day, and the first moment after it.

    A day on which clocks change has 23 or 25 hours. If the change skips midnight, the day begins
    with the first moment that exists.
    """
    begins, ends = (
        datetime.combine(midnight, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for midnight in (day, day + timedelta(days=1))
    )
    return begins, ends
