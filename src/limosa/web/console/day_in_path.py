"""A day in a URL: 2026-11-20."""

from datetime import date


class DayConverter:
    """Converts a path segment to a day and back; an invalid day matches no URL."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the day. Raises ValueError."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return the part of the path."""
        return value.isoformat()
