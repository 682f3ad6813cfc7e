"""What staff enter about a promotion."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.domain.catalog.engine.rates import days_of
from limosa.domain.catalog.engine.units import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    read_percent_off,
    read_volume,
)
from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.promotions.engine.promotions_file import PromotionRow, midnight
from limosa.domain.promotions.models import Promotion
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.languages import LANGUAGES
from limosa.foundation.period import Validity, ValidityUnit
from limosa.web.console.days import DayField
from limosa.web.console.price_forms import typed_minor, typed_volume
from limosa.web.console.service_zone import day_zone
from limosa.web.console.typed_amounts import typed_amount
from limosa.web.wording import words

PERCENT, AMOUNT, BONUS = "percent", "amount", "bonus"
_PLANS_MAX = 500
_CODE = RegexValidator(
    r"\A[a-z0-9][a-z0-9_-]*\Z", _("Use small letters, digits and hyphens, such as new-year-2027.")
)
_WRONG = {
    PERCENT: _("Enter a whole percentage from 1 to 90."),
    AMOUNT: _("Enter the amount, such as 5.00."),
    BONUS: _("Enter a volume with its unit, such as 10 GB; 1 GB is 1000³ bytes."),
}


class PromotionForm(forms.Form):
    """A promotion to make or change. `row`: what was typed, once the form is valid."""

    code = forms.CharField(
        label=pgettext_lazy("promotion", "Name in files and records"),
        max_length=CODE_LENGTH_MAX,
        validators=[_CODE],
        error_messages={"required": _("Enter a name, such as new-year-2027.")},
    )
    kind = forms.ChoiceField(
        label=_("What it gives"),
        choices=[
            (PERCENT, _("A percentage off")),
            (AMOUNT, _("An amount off")),
            (BONUS, _("More data")),
        ],
        initial=PERCENT,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("How much"),
        max_length=20,
        error_messages={"required": _("Enter how much, such as 15, 5.00 or 10 GB.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    plans = forms.CharField(
        label=_("Plans"),
        required=False,
        max_length=_PLANS_MAX * (CODE_LENGTH_MAX + 1),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    carriers = forms.MultipleChoiceField(
        label=_("Carriers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    durations = forms.MultipleChoiceField(
        label=_("Durations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs_code = forms.BooleanField(label=_("Only with a code"), required=False)
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))

    def __init__(self, data: Any = None, *, is_new: bool = True, **more: Any) -> None:
        super().__init__(data, **more)
        self.row: PromotionRow | None = None
        self.is_new = is_new
        for language in LANGUAGES:
            self.fields[f"name_{language.code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": language.own_name},
                max_length=NAME_LENGTH_MAX,
                error_messages={"required": _("Enter the name that people see.")},
                widget=forms.TextInput(attrs={"lang": language.tag}),
            )
        _choices(self, "carriers").choices = [
            (row.code, row.name) for row in Carrier.objects.order_by("name", "code")
        ]
        _choices(self, "durations").choices = _durations()
        if not is_new:
            self.fields["code"].widget.attrs["readonly"] = True

    @property
    def names(self) -> list[Any]:
        """The fields of the names."""
        return [self[f"name_{language.code}"] for language in LANGUAGES]

    def clean_plans(self) -> list[str]:
        """Return the codes, each once."""
        codes = sorted(set(self.cleaned_data["plans"].replace(",", " ").split()))
        if len(codes) > _PLANS_MAX:
            raise forms.ValidationError(
                _("Name at most %(most)d plans, or choose carriers and durations instead."),
                params={"most": _PLANS_MAX},
            )
        known = set(Plan.objects.filter(code__in=codes).values_list("code", flat=True))
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(
                _("There is no plan with the code %(code)s."), params={"code": unknown[0][:40]}
            )
        return codes

    def clean(self) -> dict[str, Any]:
        """Read what it gives and the days, and put the promotion together."""
        given: dict[str, Any] = super().clean() or {}
        gift = self._gift(given)
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        if gift is None or self.errors or first is None or last is None:
            return given
        self.row = PromotionRow(
            code=given["code"],
            name={language.code: given[f"name_{language.code}"] for language in LANGUAGES},
            **gift,
            plan_codes=given["plans"],
            carrier_codes=sorted(given["carriers"]),
            durations=given["durations"],
            needs_code=given["needs_code"],
            starts_at=midnight(first, day_zone()),
            ends_at=midnight(last + timedelta(days=1), day_zone()),
        )
        return given

    def _gift(self, given: dict[str, Any]) -> dict[str, Any] | None:
        kind, text = given.get("kind"), str(given.get("value", "")).strip()
        if not kind or not text:
            return None
        try:
            if kind == AMOUNT:
                return self._amount(given, text)
            if kind == BONUS:
                return {"bonus_bytes": read_volume(text)}
            return {"percent_off": read_percent_off(text.removesuffix("%").rstrip())}
        except UnreadableTextError:
            self.add_error("value", _WRONG[kind])
        return None

    def _amount(self, given: dict[str, Any], text: str) -> dict[str, Any] | None:
        currency = str(given.get("currency", "")).upper()
        if currency not in CURRENCIES:
            self.add_error("currency", _("Enter the currency in three letters, such as USD."))
            return None
        try:
            money = typed_amount(text, currency=currency)
        except forms.ValidationError as fault:
            self.add_error("value", fault)
            return None
        if not money.amount_minor:
            self.add_error("value", _WRONG[AMOUNT])
            return None
        return {"amount_off_minor": money.amount_minor, "amount_currency": currency}


def filled_with(promotion: Promotion) -> dict[str, Any]:
    """Return the fields of a promotion as they are typed."""
    if promotion.percent_off:
        kind, value = PERCENT, str(promotion.percent_off)
    elif promotion.amount_off_minor:
        kind = AMOUNT
        value = typed_minor(promotion.amount_off_minor, promotion.amount_currency)
    else:
        kind, value = BONUS, typed_volume(promotion.bonus_bytes)
    return {
        "code": promotion.code,
        "kind": kind,
        "value": value,
        "currency": promotion.amount_currency,
        "plans": "\n".join(promotion.plan_codes),
        "carriers": promotion.carrier_codes,
        "durations": promotion.durations,
        "needs_code": promotion.needs_code,
        "first_day": _day(promotion.starts_at.astimezone(day_zone()).date()),
        "last_day": _day(
            (promotion.ends_at - timedelta(microseconds=1)).astimezone(day_zone()).date()
        ),
        **{f"name_{code}": name for code, name in promotion.name.items()},
    }


def _day(day: date) -> str:
    return day.isoformat()


def _choices(form: forms.Form, name: str) -> forms.MultipleChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.MultipleChoiceField):
        raise TypeError(name)
    return field


def _durations() -> list[tuple[str, str]]:
    """Return how long plans on sale are valid, the shortest first: as stored, and for people."""
    rows = Plan.objects.filter(on_sale=True, validity_count__isnull=False)
    found = {
        Validity(count, ValidityUnit(unit))
        for count, unit in rows.values_list("validity_count", "validity_unit").distinct()
        if count is not None
    }
    in_order = sorted(found, key=lambda one: (days_of(one), str(one)))
    return [(str(one), words.validity(one)) for one in in_order]
