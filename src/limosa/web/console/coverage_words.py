"""What the page about a plan's coverage says: each fact, and who says what of it."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext, pgettext

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.engine.facts import FLAGS, Origin, PlanFacts, PlanNetwork
from limosa.domain.coverage.queries import Statement
from limosa.web.console.coverage_forms import FLAG_NAMES
from limosa.web.wording import countries


class Said(NamedTuple):
    """What somebody says, in words."""

    who: str
    what: str


class Row(NamedTuple):
    """A fact or a country. `told`: what people are told; empty: nothing. `said`: by whom."""

    code: str
    name: str
    told: str
    said: list[Said]


def fact_rows(told: PlanFacts, statements: Sequence[Statement], *, in_catalogue: str) -> list[Row]:
    """Return a row for each fact but the networks. `in_catalogue`: the exit country there."""
    rows = [
        _row(name, str(FLAG_NAMES[name]), told, statements, partial(_flag, name)) for name in FLAGS
    ]
    exit_row = _row("exit_country", gettext("Exit country"), told, statements, _exit_country)
    if in_catalogue:
        exit_row.said.insert(0, Said(gettext("catalogue"), countries.name(in_catalogue)))
    return [
        *rows,
        exit_row,
        _row("blocked_services", gettext("Blocked services"), told, statements, _blocked),
    ]


def country_rows(plan: Plan, told: PlanFacts, statements: Sequence[Statement]) -> list[Row]:
    """Return a row for each country that the plan reaches, in the order of their names."""
    rows = []
    for code in plan.countries:
        said = [
            Said(origin_name(one), networks_text(one.facts.networks[code]))
            for one in statements
            if code in one.facts.networks
        ]
        rows.append(
            Row(code, countries.name(code), networks_text(told.networks.get(code, ())), said)
        )
    return sorted(rows, key=lambda row: row.name)


def origin_name(statement: Statement) -> str:
    """Return who says it."""
    match statement.origin:
        case Origin.STAFF:
            return gettext("staff")
        case Origin.LISTED:
            return gettext("price list of %(supplier)s") % {"supplier": statement.supplier}
        case Origin.PLAN_FILE:
            return gettext("coverage file, for this plan")
        case Origin.CARRIER_FILE:
            return gettext("coverage file, for the carrier")


def networks_text(networks: Iterable[PlanNetwork]) -> str:
    """Return networks in a line; empty: none."""
    return ", ".join(map(str, networks))


def _row(
    code: str,
    name: str,
    told: PlanFacts,
    statements: Sequence[Statement],
    worded: Callable[[PlanFacts], str],
) -> Row:
    said = [Said(origin_name(one), what) for one in statements if (what := worded(one.facts))]
    return Row(code, name, worded(told), said)


def _flag(name: str, facts: PlanFacts) -> str:
    flag = getattr(facts, name)
    if flag is None:
        return ""
    return pgettext("fact", "yes") if flag else pgettext("fact", "no")


def _exit_country(facts: PlanFacts) -> str:
    return countries.name(facts.exit_country) if facts.exit_country else ""


def _blocked(facts: PlanFacts) -> str:
    return "; ".join(facts.blocked_services)
