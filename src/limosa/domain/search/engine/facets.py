"""What a plan is found by, as texts that an array holds: each with its currency before it, so that
the index leads to plans that have a price in it.

`US`: it reaches a country; `r:europe`: a region; `c:att`: of a carrier; `unlimited`; `5G`: it has a
network of that generation or a faster one.

In which country that is, `US@5G`, only narrows what was found: it is no facet, or the index would
have several times as many.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from limosa.domain.coverage.engine.places import EVERYWHERE
from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.terms import carrier_target, region_target

UNLIMITED, TETHERING, NUMBER = "unlimited", "tethering", "number"
GENERATIONS = ("4G", "5G")
# Few plans have each island of a continent; one with half of its countries is called after it.
REGION_PERCENT_MIN = 50
# No plan has half of all countries; one of many countries, all over the world, is worldwide.
WORLD_COUNTRIES_MIN, WORLD_CONTINENTS_MIN = 30, 4
_CONTINENTS = ("africa", "asia", "europe", "north-america", "south-america", "oceania")


@dataclass(frozen=True, slots=True)
class PlanFacets:
    """What is known of a plan. `generations`: the fastest by country, "4G" or "5G"."""

    carrier: str
    countries: Sequence[str]
    is_unlimited: bool
    generations: Mapping[str, str]
    has_tethering: bool = False
    has_number: bool = False


def facets_of(plan: PlanFacets, *, regions: Mapping[str, frozenset[str]]) -> list[str]:
    """Return a plan's facets, without a currency. regions: their countries, by code."""
    found = {*plan.countries, carrier_target(plan.carrier)}
    if plan.is_unlimited:
        found.add(UNLIMITED)
    found |= _told(plan)
    own = set(plan.countries)
    for code, countries in regions.items():
        if countries and 100 * len(own & countries) >= REGION_PERCENT_MIN * len(countries):
            found.add(region_target(code))
    if EVERYWHERE in regions and _is_worldwide(own, regions):
        found.add(region_target(EVERYWHERE))
    for country, fastest in plan.generations.items():
        if country in own and fastest in GENERATIONS:
            found |= {*_up_to(fastest)}
    return sorted(found)


def _is_worldwide(own: set[str], regions: Mapping[str, frozenset[str]]) -> bool:
    """Whether a plan of these countries goes around the world."""
    reached = sum(bool(own & regions.get(code, frozenset())) for code in _CONTINENTS)
    return len(own) >= WORLD_COUNTRIES_MIN and reached >= WORLD_CONTINENTS_MIN


def _told(one: PlanFacets | PlanWords) -> set[str]:
    told = {TETHERING: one.has_tethering, NUMBER: one.has_number}
    return {facet for facet, is_so in told.items() if is_so}


def generations_of(plan: PlanFacets) -> list[str]:
    """Return in which of a plan's countries it has which generations."""
    own = set(plan.countries)
    return sorted(
        f"{country}@{slower}"
        for country, fastest in plan.generations.items()
        if country in own and fastest in GENERATIONS
        for slower in _up_to(fastest)
    )


def _up_to(fastest: str) -> Sequence[str]:
    return GENERATIONS[: GENERATIONS.index(fastest) + 1]


def wanted_facets(places: Iterable[str], words: PlanWords) -> list[str]:
    """Return the facets that a plan needs to reach all places and be as the words say."""
    found = set(places)
    if words.is_unlimited:
        found.add(UNLIMITED)
    if words.generation:
        found.add(words.generation)
    found |= _told(words)
    return sorted(found)


def wanted_generations(places: Iterable[str], words: PlanWords) -> list[str]:
    """Return which generations a plan needs in which countries, to be as the words say."""
    if not words.generation:
        return []
    return sorted(f"{place}@{words.generation}" for place in places if len(place) == 2)


def in_currency(currency: str, facets: Iterable[str]) -> list[str]:
    """Return facets as the index has them."""
    return [f"{currency}:{facet}" for facet in facets]
