"""What is known of places, and of plans where they are used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.sources import sources_of
from limosa.domain.coverage.engine.facts import (
    NO_NETWORKS,
    NOTHING,
    Networks,
    Origin,
    PlanFacts,
    agreed,
    first_stated,
    read_networks,
)
from limosa.domain.coverage.engine.operators import Operator
from limosa.domain.coverage.engine.places import Country, Region, regions_of
from limosa.domain.coverage.models import CountyCoverage, RegionList, StatedFacts
from limosa.domain.coverage.shipped_operators import shipped_operators
from limosa.domain.coverage.shipped_places import shipped_countries, shipped_regions
from limosa.domain.coverage.stating import whole_facts_of

# Each place where a plan may be bought, and what the list there says of it.
_PLACES = """
    SELECT plan.code, plan.carrier_id, source.exit_country,
        listed.tethering, listed.identity_check, listed.has_number, listed.has_calls,
        listed.has_texts, listed.exit_country, listed.blocked_services, listed.networks_id
    FROM catalog_plan plan
    LEFT JOIN catalog_plansource source ON source.plan_id = plan.code
    LEFT JOIN coverage_statedfacts listed
        ON listed.origin = 'listed'
        AND listed.supplier = COALESCE(source.supplier_id, plan.supplier_id)
        AND listed.code = COALESCE(source.code, plan.code)
    WHERE plan.code = ANY(%s)
    ORDER BY plan.code, source.position
"""
_STATED = """
    SELECT origin, code, tethering, identity_check, has_number, has_calls, has_texts,
        exit_country, blocked_services, networks_id
    FROM coverage_statedfacts
    WHERE supplier = '' AND code = ANY(%s)
"""
_SETS = "SELECT digest, networks FROM coverage_networkset WHERE digest = ANY(%s)"
# What a process keeps of the sets that it has read, which never change; plans share them.
_SETS_MAX = 2_000
_sets: dict[str, Networks] = {}


def countries() -> tuple[Country, ...]:
    """Return all countries, by code."""
    lists = regions_of(regions())
    return tuple(
        replace(country, regions=lists.get(country.code, ())) for country in shipped_countries()
    )


def regions() -> tuple[Region, ...]:
    """Return the regions in the order of their list: the operator's, or the one that ships."""
    rows = RegionList.objects.order_by("position")
    own = tuple(
        Region(code=row.code, names=row.names, countries=tuple(row.countries)) for row in rows
    )
    return own or shipped_regions()


def operators_of(country: str) -> tuple[Operator, ...]:
    """Return the operators of a country, those with networks of their own first.

    A page that shows them shows `credits_for` them, too.
    """
    return shipped_operators().get(country, ())


def counties_of(state: str) -> list[CountyCoverage]:
    """Return who covers how much of each county of a state, given by its FIPS code, as 06."""
    return list(CountyCoverage.objects.filter(state=state).order_by("county", "operator"))


def plan_facts(plan_codes: Iterable[str]) -> dict[str, PlanFacts]:
    """Return what is known of each plan that exists, wherever it may be bought.

    Two statements, and one more for networks that this process has not read yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(plan_codes)])
        places = cursor.fetchall()
        plans = {row[0]: row[1] for row in places}
        cursor.execute(_STATED, [list({*plans, *plans.values()})])
        stated = cursor.fetchall()
    sets = _sets_of({row[-1] for row in (*places, *stated)} - {None})
    said = {(origin, code): _facts(values, sets) for origin, code, *values in stated}
    lists: dict[str, list[tuple[PlanFacts, PlanFacts]]] = {}
    for code, _carrier, exit_country, *values in places:
        of_source = PlanFacts(exit_country=exit_country) if exit_country else NOTHING
        lists.setdefault(code, []).append((of_source, _facts(values, sets)))
    return {
        code: _known(code, carrier, said=said, lists=lists[code]) for code, carrier in plans.items()
    }


class Statement(NamedTuple):
    """What one origin says of a plan. `supplier`: whose list it is; empty: it is no list."""

    origin: Origin
    supplier: str
    facts: PlanFacts
    stated_at: datetime


def statements_about(plan: Plan) -> list[Statement]:
    """Return what each origin says of a plan, those that count first standing first."""
    of_plan = Q(origin__in=[Origin.STAFF, Origin.PLAN_FILE], supplier="", code=plan.code)
    wanted = of_plan | Q(origin=Origin.CARRIER_FILE, supplier="", code=plan.carrier_id)
    for source in sources_of(plan):
        wanted |= Q(origin=Origin.LISTED, supplier=source.supplier, code=source.code)
    order = list(Origin)
    rows = StatedFacts.objects.filter(wanted).select_related("networks")
    return sorted(
        (
            Statement(Origin(row.origin), row.supplier, whole_facts_of(row), row.stated_at)
            for row in rows
        ),
        key=lambda one: (order.index(one.origin), one.supplier),
    )


def _known(
    plan: str,
    carrier: str,
    *,
    said: Mapping[tuple[str, str], PlanFacts],
    lists: Sequence[tuple[PlanFacts, PlanFacts]],
) -> PlanFacts:
    staff = said.get((Origin.STAFF, plan), NOTHING)
    files = (
        said.get((Origin.PLAN_FILE, plan), NOTHING),
        said.get((Origin.CARRIER_FILE, carrier), NOTHING),
    )
    return agreed([first_stated([of_source, staff, listed, *files]) for of_source, listed in lists])


def _facts(values: Sequence[Any], sets: Mapping[str, Networks]) -> PlanFacts:
    tethering, identity_check, number, calls, texts, exit_country, blocked, digest = values
    if tethering is identity_check is number is calls is texts is None is digest and not (
        exit_country or blocked
    ):
        return NOTHING
    return PlanFacts(
        tethering=tethering,
        identity_check=identity_check,
        has_number=number,
        has_calls=calls,
        has_texts=texts,
        exit_country=exit_country or "",
        blocked_services=tuple(blocked or ()),
        networks=sets[digest] if digest else NO_NETWORKS,
    )


def _sets_of(digests: set[str]) -> Mapping[str, Networks]:
    # Another thread may empty what this process keeps at any moment.
    found = {digest: kept for digest in digests if (kept := _sets.get(digest)) is not None}
    missing = [digest for digest in digests if digest not in found]
    if missing:
        if len(_sets) + len(missing) > _SETS_MAX:
            _sets.clear()
        with connection.cursor() as cursor:
            cursor.execute(_SETS, [missing])
            read = {digest: read_networks(text) for digest, text in cursor.fetchall()}
        _sets.update(read)
        found |= read
    return found
