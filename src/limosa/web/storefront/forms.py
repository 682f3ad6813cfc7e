"""Forms of the storefront: field names and their checks; templates word the labels."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Price
from limosa.domain.esims.operations.rename_esim import LABEL_LENGTH_MAX
from limosa.web.storefront import formatting
from limosa.web.storefront.languages import CODES

THRESHOLDS = (50, 80, 90, 100)
DAYS = (7, 3, 2, 1)


class SignUpForm(SignupForm):  # type: ignore[misc]
    """E-mail and password. The time zone comes from the browser, the language from the page."""

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def custom_signup(self, request: HttpRequest, user: Subscriber) -> None:
        """Keep what the browser told; what it tells wrongly is left at its usual value."""
        told = self.cleaned_data.get("time_zone", "")
        if told in available_timezones():
            user.time_zone = told
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        if user.language not in CODES:
            user.language = "en"
        user.save(update_fields=["time_zone", "language"])


class RenameForm(forms.Form):
    """A new name for an eSIM; empty goes back to the carrier's name."""

    label = forms.CharField(
        required=False,
        max_length=LABEL_LENGTH_MAX,
        error_messages={
            "max_length": _("This name is too long. Please use at most %(limit_value)d characters.")
        },
    )


class HelpForm(forms.Form):
    """What a person wants to add to their case; it may be nothing."""

    message = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _("This is too long. Please use at most %(limit_value)d characters.")
        },
    )


def _zone_choices() -> list[tuple[str, str]]:
    """Return the named zones, by the name of their city and region."""
    zones = sorted(
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))
    )
    return sorted(
        ((zone, f"{formatting.city(zone)} ({zone})") for zone in zones), key=lambda pair: pair[1]
    )


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language, home time zone, currency, and when to be told."""

    usage_thresholds = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        choices=[(percent, f"{percent}%") for percent in THRESHOLDS],
        widget=forms.CheckboxSelectMultiple,
    )
    days_before_end = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        choices=[(days, str(days)) for days in DAYS],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Subscriber
        fields: ClassVar[list[str]] = [
            "language",
            "time_zone",
            "currency",
            "usage_thresholds",
            "days_before_end",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sold = Price.objects.values_list("currency", flat=True).distinct().order_by("currency")
        currencies = sorted({*sold, self.instance.currency})
        names = formatting.locale().currencies
        self.fields["language"] = forms.ChoiceField(choices=settings.LANGUAGES)
        self.fields["time_zone"] = forms.ChoiceField(choices=_zone_choices())
        self.fields["currency"] = forms.ChoiceField(
            choices=[(code, f"{names.get(code, code)} ({code})") for code in currencies]
        )
