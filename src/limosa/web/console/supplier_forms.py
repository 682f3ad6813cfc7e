"""What staff enter about suppliers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from limosa.domain.payables.models import REFERENCE_LENGTH_MAX
from limosa.foundation.money import Money
from limosa.web.console.forms import ReasonForm
from limosa.web.console.typed_amounts import CurrencyForm, typed_amount


class DepositForm(CurrencyForm):
    """Money paid to a supplier. `paid`: set once valid."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        error_messages={"required": _("Enter the amount, such as 500.00.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reference = forms.CharField(
        label=_("Reference of the transfer"),
        max_length=REFERENCE_LENGTH_MAX,
        error_messages={
            "required": _("Enter the bank's reference, so that it is recorded only once."),
            "max_length": _("Please use fewer than %(limit_value)d characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    paid: Money | None = None

    def clean(self) -> dict[str, Any]:
        """Read the amount in its currency."""
        given = self.cleaned_data
        if "amount" in given and "currency" in given:
            try:
                self.paid = typed_amount(given["amount"], currency=given["currency"])
            except forms.ValidationError as error:
                self.add_error("amount", error)
            else:
                if not self.paid.amount_minor:
                    self.add_error("amount", _("Enter the amount, such as 500.00."))
        return given


class StatementDayForm(forms.Form):
    """A day of a supplier's statement, in UTC."""

    day = forms.DateField(
        label=_("Day"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Choose a day."),
        },
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ChargeForm(ReasonForm):
    """What to do about a difference. `delta_minor`: the amount that the page showed."""

    how = forms.ChoiceField(choices=[("agree", ""), ("dispute", "")])
    delta_minor = forms.IntegerField(widget=forms.HiddenInput)
