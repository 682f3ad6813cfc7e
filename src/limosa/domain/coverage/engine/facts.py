"""What is said of a plan by one origin, and what of it all holds.

Origins in order: staff in the console, the supplier's own list, a coverage file by plan, a coverage
file by carrier. The first that says something of a fact, or of a country's networks, counts; of the
exit country, a plan's source in the catalogue counts before them all.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, TypeAlias

# Plans share sets of networks, and so do the places where they may be bought.
_KEPT_MAX = 4_096
GENERATIONS = ("2G", "3G", "4G", "5G")
OTHER_GENERATION_NAMES = {"LTE": "4G", "NR": "5G"}
OPERATOR_LENGTH_MAX = 60
FLAGS = ("tethering", "identity_check", "has_number", "has_calls", "has_texts")


class Origin(StrEnum):
    """Who says it. LISTED: the supplier's own list, by the supplier's code."""

    STAFF = "staff"
    LISTED = "listed"
    PLAN_FILE = "plan_file"
    CARRIER_FILE = "carrier_file"


class PlanNetwork(NamedTuple):
    """A network that a plan uses in a country. `generation`: the fastest, "2G" to "5G"; empty: not
    stated."""

    operator: str
    generation: str = ""

    def __str__(self) -> str:
        return f"{self.operator} {self.generation}".rstrip()


Networks: TypeAlias = Mapping[str, tuple[PlanNetwork, ...]]


class KnownNetworks(dict[str, tuple[PlanNetwork, ...]]):
    """Networks that nobody changes any more, so that what two of them come to can be kept."""

    __hash__ = object.__hash__  # type: ignore[assignment]


NO_NETWORKS: Networks = KnownNetworks()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What is known of a plan, or stated by one origin. None and empty: not stated.

    `tethering`: its data may be shared; `identity_check`: an identity document is asked for;
    `exit_country`: where its traffic reaches the internet; `blocked_services`: what does not work;
    `networks`: by country, ISO 3166-1 alpha-2.
    """

    tethering: bool | None = None
    identity_check: bool | None = None
    has_number: bool | None = None
    has_calls: bool | None = None
    has_texts: bool | None = None
    exit_country: str = ""
    blocked_services: tuple[str, ...] = ()
    networks: Networks = field(default_factory=lambda: NO_NETWORKS)


NOTHING = PlanFacts()


def without_networks(facts: PlanFacts) -> PlanFacts:
    """Return the other facts alone."""
    return replace(facts, networks=NO_NETWORKS)


def first_stated(stated: Sequence[PlanFacts]) -> PlanFacts:
    """Return what holds of several statements, the first of each fact and each country counting."""
    stated = [one for one in stated if one is not NOTHING]
    if len(stated) <= 1:
        return stated[0] if stated else NOTHING
    return PlanFacts(
        tethering=_first_flag(one.tethering for one in stated),
        identity_check=_first_flag(one.identity_check for one in stated),
        has_number=_first_flag(one.has_number for one in stated),
        has_calls=_first_flag(one.has_calls for one in stated),
        has_texts=_first_flag(one.has_texts for one in stated),
        exit_country=next((one.exit_country for one in stated if one.exit_country), ""),
        blocked_services=next((one.blocked_services for one in stated if one.blocked_services), ()),
        networks=_first_networks(*(_known(one.networks) for one in stated if one.networks)),
    )


def agreed(places: Sequence[PlanFacts]) -> PlanFacts:
    """Return what holds wherever a plan may be bought: what all the places say alike.

    Of networks, those that all have, each with the slowest of its generations; a service is blocked
    if it is anywhere.
    """
    if not places:
        return NOTHING
    if len(places) == 1:
        return places[0]
    return PlanFacts(
        tethering=_common_flag([one.tethering for one in places]),
        identity_check=_common_flag([one.identity_check for one in places]),
        has_number=_common_flag([one.has_number for one in places]),
        has_calls=_common_flag([one.has_calls for one in places]),
        has_texts=_common_flag([one.has_texts for one in places]),
        exit_country=places[0].exit_country
        if len({one.exit_country for one in places}) == 1
        else "",
        blocked_services=tuple(
            dict.fromkeys(service for one in places for service in one.blocked_services)
        ),
        networks=_common_networks(*(_known(one.networks) for one in places)),
    )


def _first_flag(flags: Iterable[bool | None]) -> bool | None:
    return next((flag for flag in flags if flag is not None), None)


def _common_flag(flags: Sequence[bool | None]) -> bool | None:
    return flags[0] if all(flag is flags[0] for flag in flags) else None


def _known(networks: Networks) -> KnownNetworks:
    return networks if isinstance(networks, KnownNetworks) else KnownNetworks(networks)


@lru_cache(maxsize=_KEPT_MAX)
def _first_networks(*networks: KnownNetworks) -> Networks:
    if len(networks) <= 1:
        return networks[0] if networks else NO_NETWORKS
    found: dict[str, tuple[PlanNetwork, ...]] = {}
    for one in reversed(networks):
        found |= one
    return KnownNetworks(found)


@lru_cache(maxsize=_KEPT_MAX)
def _common_networks(*places: KnownNetworks) -> Networks:
    if all(one is places[0] for one in places):
        return places[0]
    found: dict[str, tuple[PlanNetwork, ...]] = {}
    for country in places[0]:
        if all(country in place for place in places):
            found[country] = _common([place[country] for place in places])
    return KnownNetworks(found)


def _common(places: Sequence[tuple[PlanNetwork, ...]]) -> tuple[PlanNetwork, ...]:
    by_name = [{one.operator.casefold(): one.generation for one in place} for place in places]
    found = []
    for network in places[0]:
        name = network.operator.casefold()
        if all(name in place for place in by_name):
            slowest = min(place[name] for place in by_name)
            found.append(PlanNetwork(network.operator, slowest))
    return in_order(found)


def in_order(networks: Iterable[PlanNetwork]) -> tuple[PlanNetwork, ...]:
    """Return a country's networks, each once with its fastest generation, the fastest first."""
    fastest: dict[str, PlanNetwork] = {}
    for one in networks:
        known = fastest.setdefault(one.operator.casefold(), one)
        if one.generation > known.generation:
            fastest[one.operator.casefold()] = PlanNetwork(known.operator, one.generation)
    return tuple(
        sorted(fastest.values(), key=lambda one: (_rank(one.generation), one.operator.casefold()))
    )


def _rank(generation: str) -> int:
    return -GENERATIONS.index(generation) if generation else 1


def written(networks: Networks) -> str:
    """Return networks as JSON that is the same for the same networks."""
    plain = {country: [list(one) for one in networks[country]] for country in sorted(networks)}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Return the name of a set of networks, by its JSON."""
    return sha256(text.encode()).hexdigest()


def read_networks(text: str) -> Networks:
    """Return the networks of a JSON that `written` made."""
    return KnownNetworks(
        (country, tuple(PlanNetwork(operator, generation) for operator, generation in rows))
        for country, rows in json.loads(text).items()
    )
