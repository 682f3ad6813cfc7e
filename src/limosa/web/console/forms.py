"""What a member of the staff writes: a reason, for the record."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import Channel
from limosa.web.storefront.countries import CODES


class ReasonForm(forms.Form):
    """Why something is done; kept in the record of staff actions."""

    detail = forms.CharField(
        label=_("Reason, for the record"),
        max_length=500,
        error_messages={
            "required": _("Write in a few words why, for whoever reads the record later."),
            "max_length": _("Keep it below 500 characters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OutcomeForm(forms.Form):
    """What came of a case."""

    detail = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        error_messages={
            "required": _("Write in a few words what came of it, for the record."),
            "max_length": _("Keep it below 500 characters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whether, where and at which place a payment provider is offered."""

    countries = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Countries"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = ["is_offered", "countries", "position"]
        labels: ClassVar[dict[str, Any]] = {"is_offered": _("Offered"), "position": _("Place")}
        error_messages: ClassVar[dict[str, Any]] = {
            "position": {
                "required": _("Write a whole number from 0; the lowest is shown first."),
                "invalid": _("Write a whole number from 0; the lowest is shown first."),
                "min_value": _("Write a whole number from 0; the lowest is shown first."),
                "max_value": _("Write a whole number from 0; the lowest is shown first."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["countries"] = " ".join(self.instance.countries)

    def clean_countries(self) -> list[str]:
        """Return the codes, each once, in order."""
        codes = sorted(set(self.cleaned_data["countries"].upper().replace(",", " ").split()))
        if unknown := [code for code in codes if code not in CODES]:
            raise forms.ValidationError(
                _("%(code)s is no country's code. Use two letters for each, such as US CN."),
                params={"code": unknown[0][:10]},
            )
        return codes
