"""Filters for the lists of payments and orders: days, channel, state, amount.

The filter is part of the URL, so a list can be sent to a colleague, and paging keeps it. It always
has a range of days, in the service's zone: the lists are read through the time index, and a filter
that matches nothing must not scan all the years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.catalog.models import Price
from limosa.domain.catalog.queries import CHANNEL_CURRENCY
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa.foundation.money import Money
from limosa.web.console.service_zone import day_zone
from limosa.web.console.standings import STANDINGS
from limosa.web.console.typed_amounts import typed_amount
from limosa.web.console.words import word
from limosa.web.wording import formatting
from limosa.web.wording.words import CHANNELS, STATES

DAYS_WITHOUT = 30
DAYS_MAX = 366
ORDER_STATES = {
    state: STATES[state] for state in ("placed", "paid", "fulfilled", "refunded", "cancelled")
}
_FIELDS = ("first", "last", "plan", "channel", "state", "currency", "least", "most")


@dataclass(frozen=True, slots=True)
class Kind:
    """A list: its time and amount columns, and its states with their words and conditions.

    `plan`: the plan's code; empty: it can't be narrowed down by plan.
    """

    states: Mapping[str, Promise | str]
    rows: Mapping[str, Q]
    at: str
    amount: str
    currency: str
    plan: str = ""


PAYMENTS = Kind(
    {code: standing.word for code, standing in STANDINGS.items()},
    {code: standing.rows for code, standing in STANDINGS.items()},
    "created_at",
    "amount_minor",
    "currency",
)
ORDERS = Kind(
    ORDER_STATES,
    {state: Q(state=state) for state in ORDER_STATES},
    "placed_at",
    "quote__total_minor",
    "quote__currency",
    "quote__plan_id",
)


class ListFilter(forms.Form):
    """The fields, all of them optional. `is_set`: whether any of them is given."""

    first = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    plan = forms.CharField(label=_("Plan code"), required=False, max_length=50)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    least = forms.CharField(label=_("Amount from"), required=False, max_length=20)
    most = forms.CharField(label=_("Amount to"), required=False, max_length=20)

    def __init__(self, kind: Kind, data: Mapping[str, str], *, today: date) -> None:
        self.kind, self._today = kind, today
        self.is_set = any(data.get(name) for name in _FIELDS)
        super().__init__(data if self.is_set else None)
        for name, choices in (
            ("channel", [(code, word(CHANNELS, code)) for code in _codes()]),
            ("state", [(code, str(said)) for code, said in kind.states.items()]),
            ("currency", [(code, code) for code in _currencies()]),
        ):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=[("", _("All")), *choices]
            )
        if not kind.plan:
            del self.fields["plan"]
        for name in ("least", "most"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """Fill in missing days, and parse the amounts in their currency."""
        given: dict[str, Any] = super().clean() or {}
        last = given.get("last") or self._today
        first = given.get("first") or last - timedelta(days=DAYS_WITHOUT - 1)
        if first > last:
            self.add_error("last", _("The last day is before the first."))
        elif last - first >= timedelta(days=DAYS_MAX):
            self.add_error("first", _("Choose a year at most."))
        given["first"], given["last"] = first, last
        for name in ("least", "most"):
            given[f"{name}_minor"] = self._minor(name, given)
        least, most = given["least_minor"], given["most_minor"]
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The highest amount is below the lowest."))
        return given

    def _minor(self, name: str, given: Mapping[str, Any]) -> int | None:
        text = str(given.get(name) or "").strip()
        if not text:
            return None
        currency = given.get("currency")
        if not currency:
            self.add_error("currency", _("Choose the currency of the amount."))
            return None
        try:
            return typed_amount(text, currency=currency).amount_minor
        except forms.ValidationError as fault:
            self.add_error(name, fault)
            return None

    @property
    def query(self) -> str:
        """The query string for this filter."""
        return urlencode({name: self.data[name] for name in _FIELDS if self.data.get(name)})

    def said(self) -> list[str]:
        """Return a description of the filter. Only for a valid one."""
        given, now = self.cleaned_data, datetime.combine(self._today, time(0), tzinfo=UTC)
        days = [formatting.day(given[name], now=now) for name in ("first", "last")]
        said = [days[0] if days[0] == days[1] else " – ".join(days)]
        if given.get("plan"):
            said.append(given["plan"])
        if given["channel"]:
            said.append(word(CHANNELS, given["channel"]))
        if given["state"]:
            said.append(str(self.kind.states[given["state"]]))
        if amounts := self._amounts():
            said.append(amounts)
        return said

    def _amounts(self) -> str:
        given, currency = self.cleaned_data, self.cleaned_data["currency"]
        least, most = (
            None if minor is None else formatting.money(Money(minor, currency))
            for minor in (given["least_minor"], given["most_minor"])
        )
        if least and most:
            return f"{least} – {most}"
        if least or most:
            return f"≥ {least}" if least else f"≤ {most}"
        return str(currency)

    def conditions(self) -> Q:
        """Return the conditions on rows, except the channel. Only for a valid filter."""
        given, kind = self.cleaned_data, self.kind
        zone = day_zone()
        after = given["last"] + timedelta(days=1)
        wanted = {
            f"{kind.at}__gte": datetime.combine(given["first"], time(0), tzinfo=zone),
            f"{kind.at}__lt": datetime.combine(after, time(0), tzinfo=zone),
            kind.currency: given["currency"] or None,
            f"{kind.amount}__gte": given["least_minor"],
            f"{kind.amount}__lte": given["most_minor"],
        }
        if self.kind.plan:
            wanted[self.kind.plan] = given["plan"] or None
        in_state = kind.rows[given["state"]] if given["state"] else Q()
        return in_state & Q(**{name: value for name, value in wanted.items() if value is not None})


def payments_in(chosen: ListFilter) -> QuerySet[Payment]:
    """Return the payments that match a valid filter."""
    rows = Payment.objects.filter(chosen.conditions()).select_related("subscriber")
    channel = chosen.cleaned_data["channel"]
    return rows.filter(provider=channel) if channel else rows


def orders_in(chosen: ListFilter) -> QuerySet[Order]:
    """Return the orders that match a valid filter; a channel matches any of their payments."""
    rows = Order.objects.filter(chosen.conditions())
    if channel := chosen.cleaned_data["channel"]:
        tried = Payment.objects.filter(order_number=OuterRef("number"), provider=channel)
        rows = rows.filter(Exists(tried))
    return rows.select_related("subscriber", "quote__plan")


def _codes() -> list[str]:
    """Return every past and present channel: old payments remain after one is removed."""
    return [*CHANNELS, *(code for code in settings.PAYMENT_PROVIDERS if code not in CHANNELS)]


def _currencies() -> list[str]:
    sold = Price.objects.values_list("currency", flat=True).distinct()
    return sorted({*sold, *settings.REFUND_LIMITS, CHANNEL_CURRENCY})
