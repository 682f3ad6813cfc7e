"""Which networks a plan uses where, as pages show it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.engine.facts import GENERATIONS, PlanFacts, PlanNetwork
from limosa.web.wording import countries, formatting

# What of a long list is seen at once.
SHOWN_AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class CountryNetworks:
    """A country of a plan; no networks: they are not stated."""

    code: str
    name: str
    networks: tuple[PlanNetwork, ...]


def networks_of(plan: Plan, known: PlanFacts, *, first: str) -> list[CountryNetworks]:
    """Return a plan's countries: `first` first, then in the order of the active language. A few
    begin with the plan's own first one, as the catalogue has them: they are its main country and
    what goes with it."""
    rank = {code: number for number, (code, _name) in enumerate(countries.choices())}
    if first not in plan.countries and 0 < len(plan.countries) <= SHOWN_AT_ONCE:
        first = plan.countries[0]
    codes = sorted(plan.countries, key=lambda code: (code != first, rank.get(code, len(rank))))
    return [
        CountryNetworks(code, countries.name(code), known.networks.get(code, ())) for code in codes
    ]


def fastest(known: PlanFacts, *, country: str) -> str:
    """Return the fastest generation in a country, or anywhere; empty: it is not stated."""
    places = [known.networks.get(country, ())] if country else known.networks.values()
    return max(
        (network.generation for networks in places for network in networks),
        key=("", *GENERATIONS).index,
        default="",
    )


def network_text(networks: Sequence[PlanNetwork]) -> str:
    """Return AT&T 5G, T-Mobile 4G; empty: they are not stated."""
    return formatting.enumeration([*_texts(networks)])


def _texts(networks: Sequence[PlanNetwork]) -> Iterator[str]:
    for network in networks:
        yield f"{network.operator}\u00a0{network.generation}".rstrip()
