"""How much a person adds to their wallet: an amount that is offered, or one of their own."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from limosa.domain.wallets.queries import TopUpTerms
from limosa.foundation.amounts import AmountFault, AmountUnreadableError, read_amount
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import Money, exponent
from limosa.web.wording import formatting

_PAGE_LENGTH = 10
_PAGE = re.compile(f"[0-9A-Z]{{{_PAGE_LENGTH}}}")
_OWN_LENGTH_MAX = 16


class TopUpForm(forms.Form):
    """`amount`: one of those offered, in minor units; `own`, if something is typed, is used
    instead. `page` makes a page that is submitted twice one top-up."""

    amount = forms.TypedChoiceField(coerce=int, required=False)
    own = forms.CharField(required=False, max_length=_OWN_LENGTH_MAX)
    page = forms.CharField(required=False, max_length=_PAGE_LENGTH)

    def __init__(self, *args: Any, terms: TopUpTerms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        amounts = [one.amount_minor for one in terms.amounts]
        self.fields["amount"].choices = [(minor, minor) for minor in amounts]  # type: ignore[attr-defined]

    def clean_page(self) -> str:
        """Return the page's own code, or a new one for what is none."""
        typed: str = self.cleaned_data["page"]
        return typed if _PAGE.fullmatch(typed) else new_page()

    def clean_own(self) -> Money | None:
        """Return the amount that was typed; None: none was."""
        typed: str = self.cleaned_data["own"]
        if not typed:
            return None
        try:
            amount = read_amount(typed, currency=self.terms.least.currency)
        except AmountUnreadableError as error:
            raise forms.ValidationError(self._fault(error.fault)) from None
        if not self.terms.allows(amount):
            raise forms.ValidationError(self._between())
        return amount

    def clean(self) -> dict[str, Any]:
        """Require one amount or the other."""
        fields = super().clean() or self.cleaned_data
        if not self.errors and not fields.get("own") and not fields.get("amount"):
            self.add_error("own", gettext_lazy("Choose an amount, or enter one."))
        return fields

    @property
    def chosen(self) -> Money:
        """The amount, of a form that is valid."""
        own: Money | None = self.cleaned_data["own"]
        return own or Money(self.cleaned_data["amount"], self.terms.least.currency)

    @property
    def key(self) -> str:
        """The key of the top-up, of a form that is valid."""
        return f"{self.cleaned_data['page']}-{self.chosen.amount_minor}"

    def _fault(self, fault: AmountFault) -> str:
        currency = self.terms.least.currency
        if fault is AmountFault.DECIMALS and not exponent(currency):
            return gettext("Please enter a whole number.")
        return gettext("Please enter the amount in plain digits, such as %(example)s.") % {
            "example": self.terms.amounts[0].to_decimal()
        }

    def _between(self) -> str:
        return gettext("Please enter an amount from %(least)s to %(most)s.") % {
            "least": formatting.money(self.terms.least),
            "most": formatting.money(self.terms.most),
        }


def new_page() -> str:
    """Return the code of a page that is shown now."""
    return random_code(_PAGE_LENGTH)
