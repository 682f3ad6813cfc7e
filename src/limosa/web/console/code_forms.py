"""What staff enter about batches of codes."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from limosa.domain.redemption.models import COUNT_MAX, LABEL_LENGTH_MAX, REFERENCE_LENGTH_MAX
from limosa.domain.redemption.operations.make_batch import Wanted
from limosa.foundation.money import Money
from limosa.web.console.days import DayField
from limosa.web.console.service_zone import day_zone
from limosa.web.console.typed_amounts import CurrencyForm, typed_amount

_SERIAL_MAX = 10**12
_TYPED_MAX = 60
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class BatchForm(CurrencyForm):
    """A batch to make. `wanted`: set once valid."""

    label = forms.CharField(
        label=_("What the codes are for"),
        max_length=LABEL_LENGTH_MAX,
        error_messages={"required": _("Say what the codes are for.")},
    )
    count = forms.IntegerField(
        label=_("Number of codes"),
        min_value=1,
        max_value=COUNT_MAX,
        error_messages={
            "required": _("Enter how many codes."),
            "invalid": _("Enter how many codes."),
            "min_value": _("Enter how many codes."),
            "max_value": _("A batch has at most %(limit_value)d codes."),
        },
    )
    amount = forms.CharField(
        label=_("Worth of each code"),
        max_length=20,
        error_messages={"required": _("Enter the amount, such as 500.00.")},
        widget=forms.TextInput(attrs=_DECIMAL),
    )
    how = forms.ChoiceField(
        label=_("How they go out"),
        choices=[
            ("given", _("Given away")),
            ("paid", _("Sold, and the money is in our bank account")),
            ("owed", _("Sold, and the buyer owes the money")),
        ],
        initial="given",
        widget=forms.RadioSelect,
    )
    price = forms.CharField(
        label=_("Price of each code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=_DECIMAL),
    )
    buyer = forms.CharField(label=_("Buyer"), required=False, max_length=LABEL_LENGTH_MAX)
    last_day = DayField(label=_("Last day"), required=False)
    expired_is_income = forms.BooleanField(
        label=_("What expires is income (only where the law allows it)"), required=False
    )

    wanted: Wanted | None = None

    def clean(self) -> dict[str, Any]:
        """Read the amounts in their currency; ignore what given codes don't have."""
        given = self.cleaned_data
        if not {"label", "count", "amount", "currency", "how"} <= given.keys():
            return given
        is_sold = given["how"] != "given"
        amount = self._money("amount", _("Enter the amount, such as 500.00."))
        price = None
        if is_sold:
            price = self._money("price", _("Enter the price, up to the worth of the code."))
        if amount is None or (is_sold and price is None):
            return given
        if price and price.amount_minor > amount.amount_minor:
            self.add_error("price", _("Enter the price, up to the worth of the code."))
            return given
        self.wanted = Wanted(
            label=given["label"],
            count=given["count"],
            amount=amount,
            price=price,
            is_paid=given["how"] == "paid",
            buyer=given.get("buyer", "") if is_sold else "",
            expired_is_income=bool(is_sold and given.get("expired_is_income")),
            expires_at=self._end(),
        )
        return given

    def _money(self, name: str, missing: Any) -> Money | None:
        if name not in self.cleaned_data:
            return None  # Too long: its field has said so.
        try:
            money = typed_amount(self.cleaned_data[name], currency=self.cleaned_data["currency"])
        except forms.ValidationError as error:
            self.add_error(name, error if self.cleaned_data[name] else missing)
            return None
        if not money.amount_minor:
            self.add_error(name, missing)
            return None
        return money

    def _end(self) -> datetime | None:
        """Return the first moment after the last day."""
        day = self.cleaned_data.get("last_day")
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(0), tzinfo=day_zone())


class SerialsForm(forms.Form):
    """A range of serials, both included."""

    first = forms.IntegerField(
        label=_("First serial"),
        min_value=1,
        max_value=_SERIAL_MAX,
        error_messages={"required": _("Enter both serials."), "invalid": _("Enter both serials.")},
    )
    last = forms.IntegerField(
        label=_("Last serial"),
        min_value=1,
        max_value=_SERIAL_MAX,
        error_messages={"required": _("Enter both serials."), "invalid": _("Enter both serials.")},
    )


class BuyerPaymentForm(forms.Form):
    """Money from the buyer of a batch, or back. `amount_minor`: set once valid."""

    way = forms.ChoiceField(
        label=_("Direction"),
        choices=[("in", _("The buyer paid us")), ("back", _("We paid the buyer back"))],
        initial="in",
    )
    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        error_messages={"required": _("Enter the amount, such as 500.00.")},
        widget=forms.TextInput(attrs=_DECIMAL),
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

    amount_minor = 0

    def __init__(self, data: QueryDict | None, *, currency: str) -> None:
        super().__init__(data)
        self._currency = currency

    def clean(self) -> dict[str, Any]:
        """Read the amount in the batch's currency."""
        given = self.cleaned_data
        if {"amount", "way"} <= given.keys():
            try:
                money = typed_amount(given["amount"], currency=self._currency)
            except forms.ValidationError as error:
                self.add_error("amount", error)
                return given
            if not money.amount_minor:
                self.add_error("amount", _("Enter the amount, such as 500.00."))
            self.amount_minor = money.amount_minor * (-1 if given["way"] == "back" else 1)
        return given


class FindCodeForm(forms.Form):
    """A serial, or a code."""

    text = forms.CharField(
        label=_("Serial, or the code itself"),
        max_length=_TYPED_MAX,
        error_messages={"required": _("Enter a serial or a code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ExportForm(forms.Form):
    """As what the codes are handed out."""

    kind = forms.ChoiceField(
        label=_("File"),
        choices=[("csv", "CSV"), ("sheet", _("Sheet to print"))],
        initial="csv",
    )
