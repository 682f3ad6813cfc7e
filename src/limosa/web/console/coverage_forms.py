"""Forms of the page that says where a plan works: its facts, and its networks in a country."""

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.domain.coverage.engine.facts import FLAGS, GENERATIONS, PlanFacts, PlanNetwork, in_order
from limosa.domain.coverage.engine.stated_rows import (
    read_generation,
    read_operator,
    read_services,
)
from limosa.web.wording import countries

NETWORKS_MAX = 20
FLAG_NAMES: dict[str, Promise] = {
    "tethering": _("Tethering"),
    "identity_check": _("Identity check"),
    "has_number": _("Phone number"),
    "has_calls": _("Calls"),
    "has_texts": pgettext_lazy("mobile service", "Text messages"),
}
YES, NO = "yes", "no"
_AS_OTHERS_SAY = ("", _("as lists and files say"))
_FLAG_CHOICES = [
    _AS_OTHERS_SAY,
    (YES, pgettext_lazy("fact", "yes")),
    (NO, pgettext_lazy("fact", "no")),
]
_SERVICES_WRONG = _("Separate names with semicolons, and use fewer or shorter ones.")
_GENERATION_WRONG = _("“%(word)s” is no generation. Write %(known)s, or leave it out.")
_LOOKS_LIKE_ONE = re.compile(r"\d+(\.\d+)?G[+A-Z]*", re.IGNORECASE)
_NETWORKS_WRONG = _("Write one network on each line, and use fewer or shorter names.")


class FactsForm(forms.Form):
    """What staff say of a plan; an empty field: what lists and files say counts."""

    exit_country = forms.ChoiceField(
        label=_("Exit country"),
        required=False,
        choices=lambda: [_AS_OTHERS_SAY, *countries.choices()],
    )
    blocked_services = forms.CharField(label=_("Blocked services"), required=False, max_length=1300)

    def __init__(self, data: Any, *, said: PlanFacts) -> None:
        words = {True: YES, False: NO, None: ""}
        super().__init__(
            data,
            initial={
                **{name: words[getattr(said, name)] for name in FLAGS},
                "exit_country": said.exit_country,
                "blocked_services": "; ".join(said.blocked_services),
            },
        )
        for name in FLAGS:
            self.fields[name] = forms.ChoiceField(
                label=str(FLAG_NAMES[name]), required=False, choices=_FLAG_CHOICES
            )
        self.order_fields([*FLAGS, "exit_country", "blocked_services"])

    def clean_blocked_services(self) -> tuple[str, ...]:
        """Return the names."""
        try:
            return read_services(self.cleaned_data["blocked_services"])
        except UnreadableTextError as error:
            raise forms.ValidationError(_SERVICES_WRONG) from error

    def edited(self, said: PlanFacts) -> PlanFacts:
        """Return what staff say from now on. Only for a valid form."""
        given = self.cleaned_data
        flags = {name: {YES: True, NO: False}.get(given[name]) for name in FLAGS}
        return replace(
            said,
            tethering=flags["tethering"],
            identity_check=flags["identity_check"],
            has_number=flags["has_number"],
            has_calls=flags["has_calls"],
            has_texts=flags["has_texts"],
            exit_country=given["exit_country"],
            blocked_services=given["blocked_services"],
        )


class NetworksForm(forms.Form):
    """A plan's networks in a country, one on a line; none: nobody can say which."""

    networks = forms.CharField(
        label=_("Networks"), required=False, max_length=2000, widget=forms.Textarea({"rows": 5})
    )

    def clean_networks(self) -> tuple[PlanNetwork, ...]:
        """Return the networks, the fastest first."""
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines()]
        typed = [line for line in lines if line]
        try:
            if len(typed) > NETWORKS_MAX:
                raise forms.ValidationError(_NETWORKS_WRONG)
            return in_order(_network(line) for line in typed)
        except UnreadableTextError as error:
            raise forms.ValidationError(_NETWORKS_WRONG) from error


def typed_networks(networks: tuple[PlanNetwork, ...]) -> str:
    """Return networks as they are typed."""
    return "\n".join(map(str, networks))


def _network(line: str) -> PlanNetwork:
    """Return the network of a line; its last word is the generation if it names one.

    Raises UnreadableTextError, and ValidationError for a generation that there is none of.
    """
    name, _blank, last = line.rpartition(" ")
    try:
        generation = read_generation(last) if name else ""
    except UnreadableTextError as error:
        if _LOOKS_LIKE_ONE.fullmatch(last):
            raise forms.ValidationError(
                _GENERATION_WRONG, params={"word": last, "known": ", ".join(GENERATIONS)}
            ) from error
        return PlanNetwork(read_operator(line))
    return PlanNetwork(read_operator(name.strip() or line), generation)
