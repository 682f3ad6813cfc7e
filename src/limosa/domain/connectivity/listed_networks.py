"""Networks in suppliers' lists, in our words."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from limosa.domain.coverage.engine.facts import GENERATIONS, Networks, PlanNetwork, in_order
from limosa.domain.coverage.shipped_places import code_of_place

OPERATOR_LENGTH_MAX = 60
_GENERATION = re.compile(r"(?<![0-9])([2-5])\s?G(?![A-Za-z])|\b(LTE|NR)\b", re.IGNORECASE)
_OTHER_NAMES = {"LTE": "4G", "NR": "5G"}


class ListedNetwork(NamedTuple):
    """A network as a supplier lists it: the place by code or name, and the generations in words."""

    place: str
    operator: str
    generations: str


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
        f"{digit}G" if digit else _OTHER_NAMES[other.upper()]
        for digit, other in _GENERATION.findall(words)
    }
    return max(named & {*GENERATIONS}, default="")
