"""Days entered by staff. Days far from any of ours are refused: their end might not be
representable."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


def read_day(text: str) -> date | None:
    """Return a day written as 2026-11-20; None if it is invalid."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


class DayField(forms.DateField):
    """A day in a form."""

    default_error_messages = {"required": _("Choose a day."), "invalid": _("Choose a day.")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> date | None:
        """Return the day. Raises ValidationError."""
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
