"""Forms for a payment PIN, as typed; the domain decides which PINs are allowed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.engine.pin_rules import PIN_DIGITS


class PinField(forms.CharField):
    """Six digits, masked, with a phone's numeric keyboard; never shown again or filled in."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": PIN_DIGITS}
        )
        super().__init__(widget=widget, **options)


class PinForm(forms.Form):
    """The PIN, to authorize a payment."""

    pin = PinField()


class NewPinForm(forms.Form):
    """A new PIN, typed twice."""

    pin = PinField()
    again = PinField()

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        fields = super().clean() or self.cleaned_data
        if {"pin", "again"} <= fields.keys() and fields["pin"] != fields["again"]:
            self.add_error("again", _("The two PINs don't match. Please enter the same one twice."))
        return fields


class ChangePinForm(NewPinForm):
    """The current PIN, and a new one."""

    old_pin = PinField()
    field_order = ("old_pin", "pin", "again")
