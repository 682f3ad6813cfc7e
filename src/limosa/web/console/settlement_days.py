"""Which day of which provider is to be compared."""

from datetime import date

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from limosa.web.console.words import word
from limosa.web.storefront.words import CHANNELS


def _providers() -> list[tuple[str, str]]:
    return [(code, word(CHANNELS, code)) for code in settings.PAYMENT_PROVIDERS]


class SettlementDayForm(forms.Form):
    """A provider and one of its days that is over."""

    provider = forms.ChoiceField(label=_("Channel"), choices=_providers)
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Choose a day."),
        },
    )

    def clean_day(self) -> date:
        """Return the day. Raises ValidationError for one that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > timezone.now().date():
            raise forms.ValidationError(_("Choose a day that is over."))
        return day
