"""What the index is made from: the catalogue, what is known of its plans, names of places."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice

from django.conf import settings
from django.db import connection

from limosa.domain.catalog.models import Carrier, PlanKind, Price
from limosa.domain.catalog.queries import offered_prices
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.coverage.queries import countries, plan_facts, regions
from limosa.domain.search.engine.facets import (
    GENERATIONS,
    PlanFacets,
    facets_of,
    generations_of,
    in_currency,
)
from limosa.domain.search.engine.ranking import popularity
from limosa.domain.search.engine.terms import (
    Form,
    Kind,
    Named,
    Term,
    of_carriers,
    region_target,
    terms_of,
)
from limosa.domain.search.engine.typing_errors import shortened
from limosa.domain.search.models import PlanEntry, TermRow
from limosa.domain.search.pinyin import spell
from limosa.domain.search.shipped import (
    shipped_aliases,
    shipped_codes,
    shipped_digest,
    shipped_states,
)

# Raise it when the rules of indexing change: each index is then made anew.
RULES_VERSION = 3
_PRICES_PER_READ = 2_000
_DAYS_PER_MONTH = 30
_TABLES = (
    "catalog_carrier",
    "catalog_plan",
    "catalog_plansource",
    "catalog_price",
    "coverage_regionlist",
    "coverage_statedfacts",
)
_CORRECTED = (Form.NAME, Form.ALIAS, Form.PINYIN)
_SUM = "(SELECT count(*) || ' ' || coalesce(sum(hashtextextended({0}::text, 0)), 0) FROM {0})"
_DIGEST = "SELECT " + ", ".join(map(_SUM.format, _TABLES))


def sources_digest() -> str:
    """Return what changes whenever the index would. One statement, which reads each table once."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST)
        sums = cursor.fetchone()
    parts = [RULES_VERSION, shipped_digest(), *sorted(settings.SUPPLIER_ADAPTERS), *sums]
    return sha256(" ".join(map(str, parts)).encode()).hexdigest()


def term_rows() -> list[TermRow]:
    """Return the terms that the index should have."""
    return [
        TermRow(
            key=term.key,
            kind=term.kind.value,
            form=term.form.value,
            targets=list(term.targets),
            label=term.label,
            popularity=popularity(term.targets),
            shortened=shortened(term.key) if term.form in _CORRECTED else [],
        )
        for term in _terms()
    ]


def _terms() -> list[Term]:
    places, lists = countries(), regions()
    aliases = shipped_aliases(
        countries={one.code for one in places}, regions={one.code for one in lists}
    )
    return terms_of(
        [
            *(Named(Kind.PLACE, (one.code,), _names(one.names, one.short_names)) for one in places),
            *(Named(Kind.PLACE, (one.code,), (one.code,), Form.CODE) for one in places),
            *shipped_codes(),
            *shipped_states(),
            *(Named(Kind.PLACE, (region_target(one.code),), _names(one.names)) for one in lists),
            *aliases.places,
            *of_carriers(aliases.brands, dict(Carrier.objects.values_list("code", "name"))),
        ],
        spell=spell,
    )


def _names(*by_language: Mapping[str, str]) -> Sequence[str]:
    return list(dict.fromkeys(name for names in by_language for name in names.values() if name))


def entry_rows() -> Iterator[PlanEntry]:
    """Yield what each plan should be found by, in each currency."""
    lists = {one.code: frozenset(one.countries) for one in regions()}
    prices = offered_prices().exclude(plan__kind=PlanKind.TOP_UP).select_related("plan")
    in_order = iter(prices.order_by("plan_id", "currency").iterator(_PRICES_PER_READ))
    while some := list(islice(in_order, _PRICES_PER_READ)):
        facts = plan_facts({price.plan_id for price in some})
        for price in some:
            yield _entry(price, facts[price.plan_id], lists)


def _entry(
    price: Price, facts: PlanFacts, regions_by_code: Mapping[str, frozenset[str]]
) -> PlanEntry:
    plan = price.plan
    facets = PlanFacets(
        carrier=plan.carrier_id,
        countries=plan.countries,
        is_unlimited=plan.kind == PlanKind.UNLIMITED,
        generations=_generations(facts),
        has_tethering=facts.tethering is True,
        has_number=facts.has_number is True,
    )
    count = plan.validity_count or 0
    return PlanEntry(
        plan=plan.code,
        currency=price.currency,
        amount_minor=price.amount_minor,
        days=count if plan.validity_unit == "day" else count * _DAYS_PER_MONTH,
        volume_bytes=plan.volume_bytes,
        facets=in_currency(price.currency, facets_of(facets, regions=regions_by_code)),
        generations=generations_of(facets),
    )


def _generations(facts: PlanFacts) -> dict[str, str]:
    """Return the fastest generation of a plan's networks by country, where one is stated."""
    return {
        country: max(network.generation for network in networks)
        for country, networks in facts.networks.items()
        if any(network.generation in GENERATIONS for network in networks)
    }
