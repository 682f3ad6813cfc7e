"""Amounts that staff type into forms."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.foundation.amounts import (
    AmountFault,
    AmountUnreadableError,
    read_amount,
)
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money, exponent

_WORDS = {
    AmountFault.SEPARATOR: _(
        "Enter the amount without commas or spaces and with a point before the decimals, such as "
        "1250.00: a comma means thousands to some and decimals to others."
    ),
    AmountFault.OTHER_DIGITS: _("Enter the amount with the digits 0 to 9, such as 12.50."),
    AmountFault.NOT_PLAIN: _("Enter the amount in digits, such as 12.50."),
    AmountFault.TOO_LONG: _("This amount is too long: it may have 12 digits."),
}


class CurrencyForm(forms.Form):
    """A currency by its three letters."""

    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        error_messages={"required": _("Enter the currency in three letters, such as USD.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_currency(self) -> str:
        """Refuse what is no currency."""
        code = str(self.cleaned_data["currency"]).upper()
        if code not in CURRENCIES:
            raise forms.ValidationError(_("Enter the currency in three letters, such as USD."))
        return code


def typed_amount(text: str, *, currency: str) -> Money:
    """Return a typed amount in major units. Raises ValidationError, which says why it is
    invalid."""
    try:
        return read_amount(text, currency=currency)
    except AmountUnreadableError as error:
        raise forms.ValidationError(_word(error.fault, currency)) from None


def _word(fault: AmountFault, currency: str) -> str:
    if fault is not AmountFault.DECIMALS:
        return str(_WORDS[fault])
    digits = exponent(currency)
    if not digits:
        return gettext("%(currency)s has no decimals: enter a whole number.") % {
            "currency": currency
        }
    return gettext("%(currency)s has only %(count)d decimals: please don't enter more.") % {
        "currency": currency,
        "count": digits,
    }
