"""What staff enter about bonuses on top of top-ups."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from limosa.domain.wallets.operations.offer_tier import VALID_DAYS_MAX, WantedTier
from limosa.foundation.money import Money
from limosa.web.console.days import DayField
from limosa.web.console.service_zone import day_zone
from limosa.web.console.typed_amounts import CurrencyForm, typed_amount

_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}
_NO_AMOUNT = _("Enter the amount, such as 500.00.")
_NO_DAYS = _("Enter a whole number of days, or nothing.")


class BonusForm(CurrencyForm):
    """A tier to offer. `wanted`: set once valid."""

    least = forms.CharField(
        label=_("For top-ups of at least"),
        max_length=20,
        error_messages={"required": _NO_AMOUNT},
        widget=forms.TextInput(attrs=_DECIMAL),
    )
    bonus = forms.CharField(
        label=_("Bonus"),
        max_length=20,
        error_messages={"required": _NO_AMOUNT},
        widget=forms.TextInput(attrs=_DECIMAL),
    )
    valid_days = forms.IntegerField(
        label=_("Days until the bonus expires"),
        required=False,
        min_value=1,
        max_value=VALID_DAYS_MAX,
        error_messages={"invalid": _NO_DAYS, "min_value": _NO_DAYS, "max_value": _NO_DAYS},
    )
    first_day = DayField(label=_("First day"), required=False)
    last_day = DayField(label=_("Last day"), required=False)

    wanted: WantedTier | None = None

    def clean(self) -> dict[str, Any]:
        """Read the amounts in their currency, and the days as moments."""
        given = self.cleaned_data
        if self.errors:
            return given
        least = self._money("least", _NO_AMOUNT)
        bonus = self._money("bonus", _NO_AMOUNT)
        if least is None or bonus is None:
            return given
        first, last = given["first_day"], given["last_day"]
        self.wanted = WantedTier(
            least=least,
            bonus=bonus,
            valid_days=given["valid_days"],
            starts_at=_start(first) if first else timezone.now(),
            ends_at=_start(last + timedelta(days=1)) if last else None,
        )
        return given

    def _money(self, name: str, missing: Any) -> Money | None:
        typed = self.cleaned_data[name]
        try:
            money = typed_amount(typed, currency=self.cleaned_data["currency"])
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None
        if not money.amount_minor:
            self.add_error(name, missing)
            return None
        return money


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=day_zone())
