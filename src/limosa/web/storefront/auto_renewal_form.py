"""What a person agrees to when auto-renew is switched on: the form, and the words beside it.

The words are stored as they were shown. They are signed into the page, so that a press agrees to
what was read: if the plan or its price has changed meanwhile, the page is shown again.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from limosa.domain.accounts.models import Subscriber
from limosa.domain.autorenewal.engine.timetable import (
    LEAD,
    LEAD_BY_DATA,
    LEAD_OF_A_YEAR,
    bytes_at,
)
from limosa.domain.autorenewal.models import MONTH
from limosa.domain.autorenewal.news import UNDONE_WITHIN
from limosa.domain.autorenewal.offering import Offer
from limosa.domain.autorenewal.queries import Prospect
from limosa.domain.payments.queries import WALLET, last_paid_with, saved_methods_of
from limosa.foundation.money import Money, exponent
from limosa.web.storefront.pin_forms import PinField
from limosa.web.wording import formatting
from limosa.web.wording.promises import duration

CHEAPEST = "cheapest"
SAME = "same"
BY_END = "end"
BY_DATA = "data"
# So much of the data is used when it is renewed by that.
USED_PERCENT = 95
# So many renewals at the cap fit into the cap of a month that is filled in.
_MONTH_TIMES = 3
# Above this many times today's price it is no cap; for thirty days, above so many renewals.
CAP_TIMES_MAX = 10
_CAP_SHARE = Decimal("1.2")
UNTIL_YEARS_MAX = 10


@dataclass(frozen=True, slots=True)
class Method:
    """A method that can be charged without its person. `label`: empty for the wallet."""

    key: str
    provider: str
    saved_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered to agree to. `name`: the eSIM's."""

    prospect: Prospect
    offer: Offer
    currency: str
    name: str
    zone: str
    methods: list[Method] = field(default_factory=list)

    @property
    def price(self) -> Money:
        """What the same plan costs now."""
        return Money(self.offer.price.total_minor, self.currency)

    @property
    def cheapest_price(self) -> Money | None:
        """What the cheapest plan that fits costs now, if it is another one."""
        cheapest = self.prospect.cheapest
        return Money(cheapest.price.total_minor, self.currency) if cheapest else None

    @property
    def usual_cap(self) -> Money:
        """The cap that is filled in: today's price without a promotion, and a fifth more."""
        listed = Money(self.offer.price.list_minor, self.currency).to_decimal() * _CAP_SHARE
        whole = listed.quantize(Decimal(1), rounding=ROUND_CEILING)
        return Money(int(whole.scaleb(exponent(self.currency))), self.currency)

    @property
    def usual_month_cap(self) -> Money:
        """The cap of thirty days that is filled in."""
        return Money(self.usual_cap.amount_minor * _MONTH_TIMES, self.currency)

    @property
    def is_by_data_offered(self) -> bool:
        """Whether its data has an end that it could be renewed before."""
        return self.offer.plan.volume_bytes is not None

    @property
    def used_percent(self) -> int:
        """How much of the data is used when it is renewed by that."""
        return USED_PERCENT

    def wording(self, *, now: datetime) -> str:
        """Return what the person agrees to, in the active language."""
        told, *others = _rules()
        by_data = [_by_data()] if self.is_by_data_offered else []
        return formatting.sentence_gap().join([self._when(now), told, *by_data, *others])

    def seal(self, *, now: datetime) -> str:
        """Return the digest of the words, which the form carries."""
        return sha256(self.wording(now=now).encode()).hexdigest()

    def _when(self, now: datetime) -> str:
        told = {
            "plan": self.offer.plan.name_in(formatting.language()),
            "price": formatting.money(self.price),
            "esim": self.name,
        }
        times = self.prospect.times
        if times is None:
            return (
                gettext(
                    "Before each plan on %(esim)s ends, we renew it as chosen above: with the same "
                    "plan (%(plan)s, %(price)s now), or with the cheapest that lasts for what you "
                    "used, of whichever carrier. We charge the payment method chosen above, and if "
                    "that fails the one named for it, without asking again: each time at most the "
                    "amount entered above."
                )
                % told
            )
        told["day"] = formatting.day(times.charge_at, time_zone=self.zone, now=now)
        return (
            gettext(
                "Before each plan on %(esim)s ends, for the first time on %(day)s, we renew it as "
                "chosen above: with the same plan (%(plan)s, %(price)s now), or with the cheapest "
                "that lasts for what you used, of whichever carrier. We charge the payment method "
                "chosen above, and if that fails the one named for it, without asking again: each "
                "time at most the amount entered above."
            )
            % told
        )


def _by_data() -> str:
    told, due = bytes_at(100, percent=USED_PERCENT)
    return gettext(
        "If you chose so above, we also renew as soon as %(due)d%% of a plan's data is used: then "
        "we tell you by email at %(told)d%%, and at least %(lead)s before the charge, and all "
        "renewals of any %(month)s together cost at most the amount entered for them."
    ) % {"due": due, "told": told, "lead": duration(LEAD_BY_DATA), "month": duration(MONTH)}


def _rules() -> list[str]:
    leads = {"lead": duration(LEAD), "lead_of_a_year": duration(LEAD_OF_A_YEAR)}
    return [
        gettext(
            "We tell you by email %(lead)s before each charge (%(lead_of_a_year)s for a plan of a "
            "year; as early as possible where there is less time) and, if that is days before, "
            "again the day before; nothing is charged unless that email was delivered."
        )
        % leads,
        gettext(
            "You can skip a renewal or stop at any time until the charge, here or by the link in "
            "each email, and undo a renewal for %(hours)s while nothing of it is used."
        )
        % {"hours": duration(UNDONE_WITHIN)},
        gettext("It ends on the day entered above, if there is one, or once you stop it."),
    ]


def _in_minor(typed: Decimal, currency: str) -> int:
    """Return an amount in minor units. Raises ValidationError: it has parts that there are not."""
    scaled = typed.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise forms.ValidationError(
            gettext("Please round the amount: %(currency)s has no smaller parts.")
            % {"currency": currency}
        )
    return int(scaled)


def terms_for(prospect: Prospect, *, person: Subscriber, name: str, zone: str) -> Terms | None:
    """Return what is offered to agree to; None: it can't be switched on."""
    if not isinstance(prospect.offer, Offer):
        return None
    return Terms(prospect, prospect.offer, person.currency, name, zone, methods=methods_of(person))


def methods_of(person: Subscriber) -> list[Method]:
    """Return what can be charged for a person, the one that they last paid with first."""
    saved = [
        Method(f"saved-{one.public_id}", one.provider, one.public_id, one.label)
        for one in saved_methods_of(person.pk)
        if one.provider in settings.PAYMENT_PROVIDERS
    ]
    last = last_paid_with(person.pk)
    saved.sort(key=lambda one: last is None or one.saved_id != last[1])
    return [*saved, Method(WALLET, WALLET, "", "")]


class AutoRenewalForm(forms.Form):
    """What to renew with, at most for how much, and by what; the words that were shown."""

    plan = forms.ChoiceField(choices=[(SAME, SAME), (CHEAPEST, CHEAPEST)], required=False)
    cap = forms.DecimalField(
        min_value=Decimal(0),
        max_digits=12,
        error_messages={"required": gettext_lazy("Enter the most that a renewal may cost.")},
    )
    when = forms.ChoiceField(choices=[(BY_END, BY_END), (BY_DATA, BY_DATA)], required=False)
    month_cap = forms.DecimalField(min_value=Decimal(0), max_digits=12, required=False)
    method = forms.CharField(max_length=40)
    fallback = forms.CharField(max_length=40, required=False)
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a day, or leave it empty.")},
    )
    seen = forms.CharField(max_length=64, required=False)
    pin = PinField(required=False)

    def __init__(self, data: Any, *, terms: Terms, now: datetime) -> None:
        super().__init__(data)
        self.terms, self.now = terms, now

    def clean_cap(self) -> int:
        """Return the cap in minor units, not below what it costs now."""
        typed: Decimal = self.cleaned_data["cap"]
        currency = self.terms.currency
        price = self._price()
        cap_minor = _in_minor(typed, currency)
        if cap_minor < price.amount_minor:
            raise forms.ValidationError(
                gettext("It costs %(price)s now. With less it would never renew.")
                % {"price": formatting.money(price)}
            )
        most = Money(price.amount_minor * CAP_TIMES_MAX, currency)
        if cap_minor > most.amount_minor:
            raise forms.ValidationError(
                gettext("Please enter at most %(amount)s.") % {"amount": formatting.money(most)}
            )
        return cap_minor

    def _price(self) -> Money:
        """Return what the chosen plan costs now."""
        is_cheapest = self.cleaned_data.get("plan") == CHEAPEST
        return (is_cheapest and self.terms.cheapest_price) or self.terms.price

    def clean_until(self) -> datetime | None:
        """Return the end of the day, where the eSIM is used; None: without an end."""
        day: date | None = self.cleaned_data["until"]
        if day is None:
            return None
        if day.year > self.now.year + UNTIL_YEARS_MAX:
            raise forms.ValidationError(
                gettext("Choose a day within %(years)d years, or leave it empty.")
                % {"years": UNTIL_YEARS_MAX}
            )
        zone = ZoneInfo(self.terms.zone)
        end = datetime.combine(day, time.max, tzinfo=zone)
        if end <= self.now:
            raise forms.ValidationError(gettext("This day is over."))
        times = self.terms.prospect.times
        if times is not None and end <= times.charge_at:
            first = formatting.day(times.charge_at, time_zone=self.terms.zone, now=self.now)
            raise forms.ValidationError(
                gettext("The first charge is on %(day)s. Choose a later day, or leave it empty.")
                % {"day": first}
            )
        return end

    def clean(self) -> dict[str, Any]:
        """Find the methods, and compare the words."""
        fields = super().clean() or self.cleaned_data
        fields["month_cap"] = self._month_cap(fields)
        known = {one.key: one for one in self.terms.methods}
        first = known.get(fields.get("method", ""))
        if first is None:
            self.add_error("method", gettext("Choose what is charged."))
        then = known.get(fields.get("fallback", ""))
        if then is None and fields.get("fallback"):
            self.add_error("fallback", gettext("Choose what is charged."))
        chosen = [one for one in (first, then) if one is not None]
        fields["methods"] = list(dict.fromkeys((one.provider, one.saved_id) for one in chosen))
        if fields.get("seen") != self.terms.seal(now=self.now):
            self.add_error(
                None,
                gettext(
                    "What you agree to has changed since you opened the page: a price, or a "
                    "day. Please read it again."
                ),
            )
        return fields

    def _month_cap(self, fields: dict[str, Any]) -> int | None:
        """Return the cap of thirty days in minor units; None: it is not renewed by data."""
        if fields.get("when") != BY_DATA or not self.terms.is_by_data_offered:
            return None
        typed, currency = fields.get("month_cap"), self.terms.currency
        try:
            month_cap = None if typed is None else _in_minor(typed, currency)
        except forms.ValidationError as fault:
            self.add_error("month_cap", fault)
            return None
        cap = fields.get("cap")
        if month_cap is None:
            if "month_cap" not in self.errors:
                self.add_error("month_cap", gettext("Enter the most that they may cost together."))
        elif cap is not None and month_cap < cap:
            self.add_error("month_cap", gettext("This is less than one renewal may cost."))
        elif cap is not None and month_cap > (most := cap * CAP_TIMES_MAX):
            told = {"amount": formatting.money(Money(most, currency))}
            self.add_error("month_cap", gettext("Please enter at most %(amount)s.") % told)
        return month_cap

    @property
    def plan_code(self) -> str:
        """The plan agreed to; empty: whichever is cheapest."""
        is_cheapest = self.cleaned_data["plan"] == CHEAPEST
        return "" if is_cheapest else self.terms.offer.plan.code
