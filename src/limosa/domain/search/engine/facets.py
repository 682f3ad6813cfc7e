"""What a plan is found by, as texts that an array holds: each with its currency before it, so that
the index leads to plans that have a price in it.

`US`: it reaches a country; `r:europe`: a region; `c:att`: of a carrier; `unlimited`; `5G`: it has a
network of that generation or a faster one; `US@5G`: in that country.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.terms import carrier_target, region_target

UNLIMITED = "unlimited"
GENERATIONS = ("4G", "5G")
# Few plans have each island of a continent; one with half of its countries is called after it.
REGION_PERCENT_MIN = 50


@dataclass(frozen=True, slots=True)
class PlanFacets:
    """What is known of a plan. `generations`: the fastest by country, "4G" or "5G"."""

    carrier: str
    countries: Sequence[str]
    is_unlimited: bool
    generations: Mapping[str, str]


def facets_of(plan: PlanFacets, *, regions: Mapping[str, frozenset[str]]) -> list[str]:
    """Return a plan's facets, without a currency. regions: their countries, by code."""
    found = {*plan.countries, carrier_target(plan.carrier)}
    if plan.is_unlimited:
        found.add(UNLIMITED)
    own = set(plan.countries)
    for code, countries in regions.items():
        if countries and 100 * len(own & countries) >= REGION_PERCENT_MIN * len(countries):
            found.add(region_target(code))
    for country, fastest in plan.generations.items():
        if country in own and fastest in GENERATIONS:
            for slower in GENERATIONS[: GENERATIONS.index(fastest) + 1]:
                found |= {slower, f"{country}@{slower}"}
    return sorted(found)


def wanted_facets(places: Iterable[str], words: PlanWords) -> list[str]:
    """Return the facets that a plan needs to reach all places and be as the words say."""
    found = set(places)
    if words.is_unlimited:
        found.add(UNLIMITED)
    if words.generation:
        countries = [place for place in found if len(place) == 2]
        found |= {f"{country}@{words.generation}" for country in countries}
        found.add(words.generation)
    return sorted(found)


def in_currency(currency: str, facets: Iterable[str]) -> list[str]:
    """Return facets as the index has them."""
    return [f"{currency}:{facet}" for facet in facets]
