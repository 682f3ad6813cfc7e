"""The form that makes a plan to sell of one that a supplier lists."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Count
from django.utils.translation import gettext, ngettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from limosa.domain.catalog.engine.plan_row import FIRST_USE, PURCHASE, VOLUME, PlanRow
from limosa.domain.catalog.engine.sources import SUPPLIER_CODE_LENGTH_MAX, Source
from limosa.domain.catalog.engine.units import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    TAKEN_PLAN_CODES,
)
from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.connectivity.answers import Activation, PlanUse
from limosa.domain.wholesale.models import ListedPlan
from limosa.foundation.languages import LANGUAGES
from limosa.foundation.period import Validity, ValidityUnit
from limosa.web.wording import countries, formatting

_PLACES_NAMED_MAX = 2
_CODE = RegexValidator(
    r"\A[a-z0-9][a-z0-9_-]*\Z", _("Use small letters, digits and hyphens, such as japan-5gb.")
)


_NO_PAGE = RegexValidator(
    rf"\A(?:{'|'.join(sorted(TAKEN_PLAN_CODES))})\Z",
    _("This is the address of another page. Please use another code."),
    inverse_match=True,
)


def can_be_sold(plan: ListedPlan) -> bool:
    """Return whether our catalogue can say what the plan is: a volume for some days, in named
    countries, for a new eSIM."""
    return bool(
        plan.volume_bytes
        and plan.days
        and plan.countries
        and plan.daily_bytes is None
        and plan.use != PlanUse.RENEWAL
        and len(plan.code) <= SUPPLIER_CODE_LENGTH_MAX
        and " " not in plan.code
    )


class NewPlanForm(forms.Form):
    """Code, names, carrier, and how it is bought. `seen`: the prices that the page showed.

    The names are filled in from the volume, the days and the countries, in each language.
    """

    code = forms.CharField(
        label=pgettext_lazy("plan", "Code"),
        max_length=CODE_LENGTH_MAX,
        validators=[_CODE, _NO_PAGE],
    )
    carrier = forms.ModelChoiceField(
        label=_("Carrier that people see"),
        queryset=Carrier.objects.order_by("name"),
        empty_label="–",
        error_messages={
            "required": _("Choose a carrier."),
            "invalid_choice": _("Choose a carrier."),
        },
    )
    valid_from = forms.ChoiceField(
        label=_("Its days begin"),
        choices=[(PURCHASE, _("when it is bought")), (FIRST_USE, _("with the first use"))],
    )
    renewal_code = forms.ChoiceField(label=_("Renewed by"), required=False)
    seen = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, plan: ListedPlan, renewals: list[ListedPlan], prices: dict[str, int]
    ) -> None:
        self.plan, self._prices = plan, prices
        super().__init__(data, initial=self._initial(plan, renewals, prices))
        for language in LANGUAGES:
            self.fields[f"name_{language.code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": language.own_name},
                max_length=NAME_LENGTH_MAX,
                widget=forms.TextInput(attrs={"lang": language.tag}),
            )
        choices = [(row.code, f"{row.code} {row.name}") for row in renewals]
        self.fields["renewal_code"] = forms.ChoiceField(
            label=_("Renewed by"), required=False, choices=[*choices, ("", _("not renewable"))]
        )

    @property
    def names(self) -> list[Any]:
        """The fields of the names."""
        return [self[f"name_{language.code}"] for language in LANGUAGES]

    @property
    def is_seen(self) -> bool:
        """Whether the page that was submitted showed the prices of now."""
        return bool(self.cleaned_data["seen"] == seen_text(self._prices))

    def row(self) -> PlanRow:
        """Return the plan. Only for a valid form."""
        given = self.cleaned_data
        return PlanRow(
            code=given["code"],
            supplier=self.plan.supplier,
            carrier=given["carrier"].pk,
            kind=VOLUME,
            name={language.code: given[f"name_{language.code}"] for language in LANGUAGES},
            volume_bytes=self.plan.volume_bytes,
            fair_use_bytes=None,
            fair_use_kbps=None,
            validity=Validity(self.plan.days or 0, ValidityUnit.DAY),
            valid_from=given["valid_from"],
            first_use_within_days=180,
            countries=self.plan.countries,
            prices_minor=self._prices,
            sources=(
                Source(
                    supplier=self.plan.supplier,
                    code=self.plan.code,
                    renewal_code=given["renewal_code"],
                    cost=self.plan.cost,
                ),
            ),
        )

    @staticmethod
    def _initial(
        plan: ListedPlan, renewals: list[ListedPlan], prices: dict[str, int]
    ) -> dict[str, Any]:
        code = re.sub(r"[^a-z0-9]+", "-", f"{plan.supplier}-{plan.code}".lower()).strip("-")
        return {
            "code": code[:CODE_LENGTH_MAX].rstrip("-"),
            "carrier": _carrier_of(plan.supplier),
            "valid_from": FIRST_USE if plan.activation == Activation.FIRST_USE else PURCHASE,
            "renewal_code": renewals[0].code if renewals else "",
            "seen": seen_text(prices),
            **{
                f"name_{language.code}": name_of(plan, language.code)[:NAME_LENGTH_MAX]
                for language in LANGUAGES
            },
        }


def name_of(plan: ListedPlan, language: str) -> str:
    """Return a name for people: Japan 5 GB, 30 days."""
    with override(language):
        if len(plan.countries) > _PLACES_NAMED_MAX:
            place = gettext("%(count)d countries") % {"count": len(plan.countries)}
        else:
            place = " + ".join(countries.name(code) for code in plan.countries)
        days = plan.days or 0
        name = gettext("%(place)s %(volume)s, %(days)s") % {
            "place": place,
            "volume": formatting.volume(plan.volume_bytes or 0),
            "days": ngettext("%(count)d day", "%(count)d days", days) % {"count": days},
        }
        return name.replace("\xa0", " ")


def seen_text(prices: dict[str, int]) -> str:
    """Return prices as a page keeps them."""
    return " ".join(f"{currency}:{minor}" for currency, minor in sorted(prices.items()))


def _carrier_of(supplier_code: str) -> str | None:
    """Return the carrier that people see most on this supplier's plans; None: it has none yet, and
    staff have to choose."""
    rows = Plan.objects.filter(supplier=supplier_code).values("carrier")
    most = rows.annotate(number=Count("pk")).order_by("-number", "carrier").first()
    return most["carrier"] if most else None
