"""What staff enter about a promotion code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from limosa.domain.promotions.engine.code_text import (
    CODE_LENGTH_LEAST,
    CODE_LENGTH_MAX,
    TYPED_LENGTH_MAX,
    read_code_text,
)
from limosa.domain.promotions.models import PER_PERSON_MAX, USES_MAX
from limosa.domain.promotions.operations.make_promotion_code import CodeTerms
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money
from limosa.web.console.typed_amounts import typed_amount

_COUNT = {
    "required": _("Enter a whole number."),
    "invalid": _("Enter a whole number."),
    "min_value": _("Enter a number above zero."),
    "max_value": _("Enter at most %(limit_value)d."),
}


class PromotionCodeForm(forms.Form):
    """A code to make. `terms`: what was typed, once the form is valid."""

    text = forms.CharField(
        label=pgettext_lazy("promotion", "Code"),
        max_length=TYPED_LENGTH_MAX,
        error_messages={"required": _("Enter the code.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    uses_max = forms.IntegerField(
        label=_("Uses in all"),
        required=False,
        min_value=1,
        max_value=USES_MAX,
        error_messages=_COUNT,
    )
    uses_per_person = forms.IntegerField(
        label=_("Uses per customer"),
        min_value=1,
        max_value=PER_PERSON_MAX,
        initial=1,
        error_messages=_COUNT,
    )
    budget = forms.CharField(label=_("Budget for its discounts"), required=False, max_length=20)
    budget_currency = forms.CharField(
        label=_("Currency of the budget"), required=False, max_length=3
    )
    first_order_only = forms.BooleanField(
        label=_("Only for a customer's first order"), required=False
    )

    terms: CodeTerms | None = None

    def clean_text(self) -> str:
        """Return the code as it is stored."""
        text = read_code_text(self.cleaned_data["text"])
        if text is None:
            raise forms.ValidationError(
                _("Use %(least)d to %(most)d letters and digits, such as SPRING."),
                params={"least": CODE_LENGTH_LEAST, "most": CODE_LENGTH_MAX},
            )
        return text

    def clean(self) -> dict[str, Any]:
        """Read the budget, and put the code together."""
        given: dict[str, Any] = super().clean() or {}
        budget = self._budget(given)
        if not self.errors:
            self.terms = CodeTerms(
                text=given["text"],
                uses_max=given["uses_max"],
                uses_per_person=given["uses_per_person"],
                first_order_only=given["first_order_only"],
                budget=budget,
            )
        return given

    def _budget(self, given: dict[str, Any]) -> Money | None:
        text, currency = given.get("budget"), str(given.get("budget_currency", "")).upper()
        if not text:
            return None
        if currency not in CURRENCIES:
            wrong = _("Enter the currency in three letters, such as USD.")
            self.add_error("budget_currency", wrong)
            return None
        try:
            money = typed_amount(text, currency=currency)
        except forms.ValidationError as fault:
            self.add_error("budget", fault)
            return None
        if not money.amount_minor:
            self.add_error("budget", _("Enter the amount, such as 500.00."))
        return money
