"""A day in an address: 2026-11-20."""

from datetime import date


class DayConverter:
    """Turns the part of a path into a day and back; what is no day is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the day. Raises ValueError."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return the part of the path."""
        return value.isoformat()
