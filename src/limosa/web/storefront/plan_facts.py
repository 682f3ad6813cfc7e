"""What is said of a plan before it is bought: the same on its page and in a comparison."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from limosa.domain.catalog.models import Plan, PlanKind, ValidFrom
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.engine.sourcing import renewal_at
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.shelf.listing import Shelved
from limosa.web.storefront.supply_facts import SupplyFacts, supply_facts
from limosa.web.wording import countries, formatting, words
from limosa.web.wording.refund_rule import AT_PURCHASE

NOT_STATED = gettext_lazy("Not stated")
RENEWALS: dict[frozenset[Renewal], str | Promise] = {
    frozenset({Renewal.SAME_ESIM}): gettext_lazy("On the same eSIM, as long as it is installed"),
    frozenset({Renewal.NEW_ESIM}): gettext_lazy("With a new eSIM, to be installed again"),
}
_INCLUDED = (gettext_lazy("Included"), gettext_lazy("None"))
_ANSWERS = {
    "tethering": (gettext_lazy("Allowed"), gettext_lazy("Not allowed")),
    "identity": (gettext_lazy("Required"), gettext_lazy("Not required")),
}
_EITHER = gettext_lazy("On the same eSIM or with a new one: you see which before you pay")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line: what it is about, and what is said. `text` empty: not stated."""

    key: str
    label: str | Promise
    text: str

    @property
    def shown(self) -> str:
        """The text, or that it is not stated."""
        return self.text or str(NOT_STATED)


def facts_of(row: Shelved, known: PlanFacts) -> list[Fact]:
    """Return what is said of a plan, in the order of its page. One statement, unless the plan's
    sources were prefetched. `known`: of the plan where it is used."""
    supply = supply_facts(row.plan, esim=None)
    return [
        *_of_data(row),
        *_of_rules(row.plan, supply),
        *_of_use(known),
        *_of_places(supply, known),
    ]


def _of_data(row: Shelved) -> Iterator[Fact]:
    plan, volume = row.plan, row.volume_bytes
    data = gettext("Unlimited") if volume is None else formatting.volume(volume)
    yield Fact("data", gettext_lazy("Data"), data)
    yield Fact("speed", gettext_lazy("Fair use"), speed_text(plan))
    yield Fact("network", gettext_lazy("Network"), plan.carrier.name)
    yield Fact("validity", gettext_lazy("Valid for"), words.validity(plan.validity))
    yield Fact("start", gettext_lazy("Starts"), _start(plan))


def _of_rules(plan: Plan, supply: SupplyFacts) -> Iterator[Fact]:
    yield Fact("end", pgettext_lazy("of a plan", "At the end"), _end(plan))
    yield Fact("renewal", gettext_lazy("Renewal"), _renewal(plan))
    yield Fact("refund", gettext_lazy("Refund"), str(AT_PURCHASE[supply.return_way]))


def _of_use(known: PlanFacts) -> Iterator[Fact]:
    for key, label, flag in (
        ("tethering", gettext_lazy("Tethering"), known.tethering),
        ("number", gettext_lazy("Phone number"), known.has_number),
        ("calls", gettext_lazy("Calls"), known.has_calls),
        ("texts", gettext_lazy("Text messages"), known.has_texts),
        ("identity", gettext_lazy("Identity check"), known.identity_check),
    ):
        yes, no = _ANSWERS.get(key, _INCLUDED)
        yield Fact(key, label, "" if flag is None else str(yes if flag else no))
    blocked = known.blocked_services
    yield Fact("blocked", gettext_lazy("What doesn't work"), formatting.enumeration(blocked))


def _of_places(supply: SupplyFacts, known: PlanFacts) -> Iterator[Fact]:
    code = known.exit_country or supply.exit_country
    yield Fact("exit", gettext_lazy("Traffic exits in"), code and countries.name(code))
    if supply.day_zone:
        text = gettext("At midnight, %(city)s time")
        said = text % {"city": formatting.city(supply.day_zone)}
        yield Fact("day", gettext_lazy("A day begins"), said)
    if not supply.leads_to_renewal:
        without = gettext(
            "With this carrier our pages don't open once the plan has ended. Renew before that, or "
            "over Wi-Fi."
        )
        yield Fact("without", gettext_lazy("Without data"), without)


def speed_text(plan: Plan) -> str:
    """Return what is said of the speed, which is what its curve shows."""
    if plan.fair_use_bytes is None:
        return gettext("Full speed to the last byte")
    said = {
        "size": formatting.volume(plan.fair_use_bytes),
        "speed": formatting.speed(plan.fair_use_kbps or 0),
    }
    return gettext("The first %(size)s at full speed, then %(speed)s.") % said


def _start(plan: Plan) -> str:
    if plan.valid_from == ValidFrom.FIRST_USE:
        within = plan.first_use_within_days
        text = ngettext(
            "With the first data used, within %(count)d day of buying it",
            "With the first data used, within %(count)d days of buying it",
            within,
        )
        return text % {"count": within}
    return gettext("As soon as it is paid")


def _end(plan: Plan) -> str:
    if plan.kind == PlanKind.UNLIMITED:
        return gettext("Data stops when its time is over. Whether to renew is up to you.")
    return gettext(
        "Data stops when it is used up or its time is over. Whether to renew is up to you."
    )


def _renewal(plan: Plan) -> str:
    ways = frozenset(
        renewal_at(source, capabilities_of(source.supplier)) for source in sources_of(plan)
    )
    return str(RENEWALS.get(ways, _EITHER))
