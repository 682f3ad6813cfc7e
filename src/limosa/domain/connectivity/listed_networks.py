"""Networks in suppliers' lists, in our words."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    if_readable,
    read_parts,
    read_words,
)
from limosa.domain.coverage.engine.facts import (
    GENERATIONS,
    OPERATOR_LENGTH_MAX,
    OTHER_GENERATION_NAMES,
    Networks,
    PlanNetwork,
    in_order,
)
from limosa.domain.coverage.shipped_places import code_of_place

_GENERATION = re.compile(r"(?<![0-9])([2-5])\s?G(?![A-Za-z])|\b(LTE|NR)\b", re.IGNORECASE)


class NetworkNames(NamedTuple):
    """What a supplier calls the members of its list: a plan's places; of a place, its code or name
    and its networks; of a network, its operator and its generations, in one text or several."""

    places: str
    place: str
    networks: str
    operator: str
    generations: str


class ListedNetwork(NamedTuple):
    """A network as a supplier lists it: the place by code or name, and the generations in words."""

    place: str
    operator: str
    generations: str


def read_listed(plan: Fields, names: NetworkNames) -> list[ListedNetwork]:
    """Return the networks of a plan in a supplier's list; none: they can't be read, which keeps
    nobody from buying it."""
    return if_readable(lambda: [*_listed(plan, names)]) or []


def _listed(plan: Fields, names: NetworkNames) -> Iterator[ListedNetwork]:
    for place in read_parts(plan, names.places):
        for one in read_parts(place, names.networks):
            yield ListedNetwork(
                place=read_words(place, names.place),
                operator=read_words(one, names.operator),
                generations=_generations(one, names.generations),
            )


def _generations(network: Fields, name: str) -> str:
    told = network.get(name)
    if isinstance(told, list):
        return " ".join(kind for kind in told if isinstance(kind, str))
    return read_words(network, name)


def networks_in(listed: Iterable[ListedNetwork], *, countries: tuple[str, ...]) -> Networks:
    """Return the networks of a plan that covers these countries.

    What stands at a place that we do not know, or that the plan does not cover, is left out; at the
    only place of a plan for one country, it is there.
    """
    rows = [one for one in listed if one.operator]
    places = {one.place for one in rows}
    only = countries[0] if len(countries) == 1 and len(places) == 1 else ""
    found: dict[str, list[PlanNetwork]] = {}
    for row in rows:
        country = code_of_place(row.place) or only
        if country in countries:
            network = PlanNetwork(row.operator[:OPERATOR_LENGTH_MAX], fastest_in(row.generations))
            found.setdefault(country, []).append(network)
    return {country: in_order(networks) for country, networks in found.items()}


def fastest_in(words: str) -> str:
    """Return the fastest generation that words such as "3G/4G" or "LTE" name; empty: none."""
    named = {
        f"{digit}G" if digit else OTHER_GENERATION_NAMES[other.upper()]
        for digit, other in _GENERATION.findall(words)
    }
    return max(named & {*GENERATIONS}, default="")
