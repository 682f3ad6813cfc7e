"""Forms of the pages about price lists: a pricing rule, an ending, a plan to sell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.domain.catalog.engine.units import read_volume
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.engine.rules_file import (
    LIMIT_BASIS_POINTS_MAX,
    MARGIN_BASIS_POINTS_MAX,
    STEP_MINOR_MAX,
    read_percent,
)
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money, exponent
from limosa.foundation.volume import GB, MB
from limosa.web.console.typed_amounts import typed_amount
from limosa.web.wording.countries import CODES

_CODE = RegexValidator(
    r"\A[a-z0-9][a-z0-9_-]*\Z", _("Use small letters, digits and hyphens, such as europe-small.")
)
_CURRENCY_WRONG = _("Enter three letters of a currency, such as USD.")
_PERCENT_WRONG = _("Enter a percentage, such as 12.5.")
_VOLUME_WRONG = _("Enter a volume with its unit, such as 5 GB; 1 GB is 1000³ bytes.")


class _Text(forms.CharField):
    """A short text, with the messages that fit any of them."""

    def __init__(self, label: Any, *, most: int = 40, required: bool = True, **more: Any) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(
            label=label,
            max_length=most,
            required=required,
            widget=forms.TextInput(attrs=attrs),
            error_messages={
                "required": _("Please fill in this field."),
                "max_length": _("Please use fewer than %(limit_value)d characters."),
            },
            **more,
        )


class RuleForm(forms.Form):
    """A pricing rule. `rule`: what was typed, once the form is valid."""

    code = _Text(_("Rule"), most=50, validators=[_CODE])
    supplier = forms.ChoiceField(label=_("Supplier"), required=False)
    countries = _Text(_("Countries"), most=1000, required=False)
    least = _Text(_("Volume from"), required=False)
    below = _Text(_("Volume below"), required=False)
    margin = _Text(_("Margin in percent of the cost"))
    at_least = _Text(_("Least margin"))
    currency = _Text(_("Currency of the least margin"), most=3)
    up = _Text(_("Rise without approval, in percent"), required=False)
    down = _Text(_("Fall without approval, in percent"), required=False)
    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=1000)

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.rule: Rule | None = None
        codes = [(code, code) for code in sorted(settings.SUPPLIER_ADAPTERS)]
        self.fields["supplier"] = forms.ChoiceField(
            label=self.fields["supplier"].label, required=False, choices=[("", _("Any")), *codes]
        )

    def clean_countries(self) -> list[str]:
        """Return the codes, without duplicates, in order."""
        codes = sorted(set(self.cleaned_data["countries"].upper().replace(",", " ").split()))
        if unknown := [code for code in codes if code not in CODES]:
            raise forms.ValidationError(
                _("%(code)s is not a country code. Use two letters for each, such as US CN."),
                params={"code": unknown[0][:10]},
            )
        return codes

    def clean_currency(self) -> str:
        """Return a currency's code."""
        return _currency(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Read the numbers, and put the rule together."""
        given: dict[str, Any] = super().clean() or {}
        volume = partial(self._read, read_volume, _VOLUME_WRONG)
        least, below = volume("least"), volume("below")
        if least and below and least >= below:
            self.add_error("below", _("This has to be more than the volume from which it begins."))
        limit = partial(read_percent, most=LIMIT_BASIS_POINTS_MAX)
        margin = partial(read_percent, most=MARGIN_BASIS_POINTS_MAX)
        numbers = [
            self._read(reader, _PERCENT_WRONG, name)
            for name, reader in (("margin", margin), ("up", limit), ("down", limit))
        ]
        at_least = self._amount(given)
        if not self.errors and at_least is not None:
            self.rule = Rule(
                code=given["code"],
                supplier=given["supplier"],
                countries=frozenset(given["countries"]),
                least_bytes=least,
                below_bytes=below,
                margin_basis_points=numbers[0] or 0,
                least_margin=at_least,
                up_basis_points=numbers[1] or 0,
                down_basis_points=numbers[2] or 0,
            )
        return given

    def _read(self, reader: Any, wrong: Any, name: str) -> int | None:
        text = str(self.cleaned_data.get(name) or "").strip()
        try:
            return int(reader(text)) if text else None
        except UnreadableTextError:
            self.add_error(name, wrong)
            return None

    def _amount(self, given: Mapping[str, Any]) -> Money | None:
        if not given.get("currency") or not given.get("at_least"):
            return None
        try:
            return typed_amount(given["at_least"].strip(), currency=given["currency"])
        except forms.ValidationError as fault:
            self.add_error("at_least", fault)
            return None

    @staticmethod
    def filled_with(rule: Rule, position: int) -> dict[str, Any]:
        """Return the fields of a rule as they are typed."""
        return {
            "code": rule.code,
            "supplier": rule.supplier,
            "countries": " ".join(sorted(rule.countries)),
            "least": typed_volume(rule.least_bytes),
            "below": typed_volume(rule.below_bytes),
            "margin": typed_percent(rule.margin_basis_points),
            "at_least": str(rule.least_margin.to_decimal()),
            "currency": rule.least_margin.currency,
            "up": typed_percent(rule.up_basis_points),
            "down": typed_percent(rule.down_basis_points),
            "position": position,
        }


@dataclass(frozen=True, slots=True)
class TypedEnding:
    """How prices in a currency end; `ending` None: no prices are made in it any more."""

    currency: str
    ending: Ending | None


class EndingForm(forms.Form):
    """How prices in a currency end. `typed`: what was typed, once the form is valid."""

    currency = _Text(_("Currency"), most=3)
    step = _Text(_("Step"))
    ending = _Text(_("Ending within the step"))

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="ending_%s", **more)
        self.typed: TypedEnding | None = None

    def clean_currency(self) -> str:
        """Return a currency's code."""
        return _currency(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Read both amounts; the ending lies within the step."""
        given: dict[str, Any] = super().clean() or {}
        currency = given.get("currency")
        if not currency:
            return given
        amounts = {}
        for name in ("step", "ending"):
            try:
                amounts[name] = typed_amount(given.get(name, "0"), currency=currency).amount_minor
            except forms.ValidationError as fault:
                self.add_error(name, fault)
        if self.errors:
            return given
        step, ending = amounts["step"], amounts["ending"]
        if not 0 < step <= STEP_MINOR_MAX:
            self.add_error("step", _("The step has to be more than zero, such as 1.00."))
        elif not 0 <= ending < step:
            self.add_error("ending", _("The ending has to be less than the step, such as 0.99."))
        else:
            self.typed = TypedEnding(currency, Ending(step_minor=step, ending_minor=ending))
        return given


def typed_volume(volume_bytes: int | None) -> str:
    """Return a volume as it is typed."""
    if volume_bytes is None:
        return ""
    unit, name = (GB, "GB") if volume_bytes % (GB // 1000) == 0 else (MB, "MB")
    return f"{volume_bytes / unit:g} {name}"


def typed_percent(basis_points: int) -> str:
    """Return a percentage as it is typed."""
    return f"{basis_points / 100:g}"


def typed_minor(minor: int, currency: str) -> str:
    """Return an amount as it is typed."""
    return f"{Money(minor, currency).to_decimal():.{exponent(currency)}f}"


def _currency(text: str) -> str:
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise forms.ValidationError(_CURRENCY_WRONG)
    return code
