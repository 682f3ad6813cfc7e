"""Forms of the storefront: field names and validation; the labels are in the templates."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber, UnappliedFunds
from limosa.domain.accounts.operations.keep_preferences import PREFERENCES
from limosa.domain.catalog.models import Price
from limosa.domain.devices.engine.words import TYPED_LENGTH_MAX
from limosa.domain.esims.models import NAME_LENGTH_MAX
from limosa.domain.esims.operations.rename_esim import LABEL_LENGTH_MAX
from limosa.web.storefront.long_select import LongSelect
from limosa.web.storefront.pin_forms import PinField
from limosa.web.wording import countries, formatting
from limosa.web.wording.words import OWN_NAMES

THRESHOLDS = (50, 80, 90, 100)
DAYS = (7, 3, 2, 1)
OFTEN_CHOSEN = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "America/Mexico_City",
    "Europe/London",
    "Europe/Madrid",
)
_REGIONS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


class RenameForm(forms.Form):
    """A new name for an eSIM; empty restores the carrier's name."""

    label = forms.CharField(
        required=False,
        max_length=LABEL_LENGTH_MAX,
        error_messages={
            "max_length": _("This name is too long. Please use at most %(limit_value)d characters.")
        },
    )


class DeviceCheckForm(forms.Form):
    """What a person types or pastes of their device."""

    typed = forms.CharField(
        max_length=TYPED_LENGTH_MAX,
        error_messages={
            "required": _("Enter the name of the device or one of its numbers."),
            "max_length": _("This is too long. Please use at most %(limit_value)d characters."),
        },
    )


class EsimNumberForm(forms.Form):
    """An eSIM's number, or a renewal link."""

    number = forms.CharField(
        max_length=500,
        error_messages={
            "required": _("Enter the number of the eSIM, or a renewal link."),
            "max_length": _("This is too long. Please use at most %(limit_value)d characters."),
        },
    )


MESSAGE_LENGTH_MAX = 2000


class HelpForm(forms.Form):
    """What a person wants to add to their case, possibly nothing."""

    message = forms.CharField(
        required=False,
        max_length=MESSAGE_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _("This is too long. Please use at most %(limit_value)d characters.")
        },
    )


@cache
def time_zones() -> frozenset[str]:
    """Return all time zones. Python opens each of their files to list them, which takes a tenth of
    a second."""
    return frozenset(available_timezones())


class ReplyForm(forms.Form):
    """A person's reply to our answer."""

    reply = forms.CharField(
        max_length=MESSAGE_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Please write your reply first."),
            "max_length": _("This is too long. Please use at most %(limit_value)d characters."),
        },
    )


@cache
def _zone_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones by the name of their city: first the popular ones, then all.

    There are hundreds, and each language sorts out its own names, so they are kept.
    """
    places = sorted(
        zone
        for zone in time_zones()
        if zone.partition("/")[0] in _REGIONS and zone not in OFTEN_CHOSEN
    )
    with override(language):
        return [
            (gettext("Often chosen"), [_zone_choice(zone) for zone in OFTEN_CHOSEN]),
            (gettext("All places"), [_zone_choice(zone) for zone in places]),
        ]


def _zone_choice(zone: str) -> tuple[str, str]:
    return zone, f"{formatting.city(zone)} ({zone})"


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language, home, country, currency, where unapplied funds go, and when to be notified."""

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

    rating_mail = forms.BooleanField(required=False)

    class Meta:
        model = Subscriber
        fields = PREFERENCES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sold = Price.objects.values_list("currency", flat=True).distinct().order_by("currency")
        currencies = sorted({*sold, self.instance.currency})
        names = formatting.locale().currencies
        self.fields["country"] = forms.ChoiceField(
            required=False,
            choices=[("", _("Not provided")), *countries.choices()],
            widget=LongSelect,
        )
        self.fields["unapplied_funds"] = forms.ChoiceField(
            choices=[
                (UnappliedFunds.BACK, _("Refund to the original payment method")),
                (UnappliedFunds.WALLET, _("Refund to my wallet")),
            ],
            widget=forms.RadioSelect,
        )
        self.fields["language"] = forms.ChoiceField(choices=list(OWN_NAMES.items()))
        self.fields["time_zone"] = forms.ChoiceField(
            choices=_zone_choices(get_language()), widget=LongSelect
        )
        self.fields["currency"] = forms.ChoiceField(
            choices=[(code, f"{names.get(code, code)} ({code})") for code in currencies]
        )


class DeviceForm(forms.Form):
    """The name that a person gives a device; empty: it has none."""

    name = forms.CharField(max_length=NAME_LENGTH_MAX, required=False)


class MoveForm(forms.Form):
    """Where an eSIM is to go, and the PIN, where it is asked for."""

    to = forms.ChoiceField(
        choices=[
            ("phone", _("A phone")),
            ("tablet", _("An iPad or another tablet")),
            ("same", _("The same device, where it was deleted")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(max_length=NAME_LENGTH_MAX, required=False)
    pin = PinField(required=False)
