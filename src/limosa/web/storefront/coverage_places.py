"""The places of the coverage pages: under which heading each stands, and their addresses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from limosa.domain.coverage.engine.places import EVERYWHERE, Region
from limosa.domain.coverage.queries import regions
from limosa.domain.search.engine.ranking import popular
from limosa.web.wording import countries, formatting

POPULAR_COUNT = 8
# Together they have each country once, except Antarctica; an operator's own lists come after them.
_FIRST = (
    "north-america", "central-america", "south-america", "caribbean", "europe", "middle-east",
    "asia", "africa", "oceania",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A country or territory with a page."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Places under a heading, in the order of the active language."""

    code: str
    name: str
    places: Sequence[Place]


def place(code: str) -> Place:
    """Return a country in the active language."""
    return Place(code, countries.name(code), country_url(code))


def country_url(code: str) -> str:
    """Return the address of a country's page."""
    return reverse("coverage_country", args=[code.lower()])


def groups(codes: Collection[str]) -> list[Group]:
    """Return countries by region, each once. One statement."""
    lists = [one for one in regions() if one.code != EVERYWHERE]
    rank = {code: number for number, code in enumerate(_FIRST)}
    lists.sort(key=lambda one: rank.get(one.code, len(rank)))
    in_order = [code for code, _name in countries.choices() if code in codes]
    found = _by_region(in_order, lists)
    language = formatting.language()
    names = {one.code: one.name_in(language) for one in lists} | {"": gettext("Other places")}
    return [Group(code, names[code], [*map(place, members)]) for code, members in found.items()]


def _by_region(codes: Sequence[str], lists: Sequence[Region]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {one.code: [] for one in lists}
    found[""] = []
    for code in codes:
        region = next((one.code for one in lists if code in one.countries), "")
        found[region].append(code)
    return {region: members for region, members in found.items() if members}


def popular_places(codes: Collection[str]) -> list[Place]:
    """Return those of the most travelled countries where there is something to buy."""
    return [place(code) for code in popular(POPULAR_COUNT) if code in codes]
