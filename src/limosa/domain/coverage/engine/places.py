"""Countries and regions by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENGLISH = "en"
EVERYWHERE = "worldwide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory of ISO 3166-1, or Kosovo.

    `names`, `short_names`: by language code; the short one is what pages say, and the long one
    where there is no shorter. `regions`: the codes of those that list it. `currency`: ISO 4217;
    `time_zones`: IANA.
    """

    code: str
    names: Mapping[str, str]
    short_names: Mapping[str, str]
    regions: tuple[str, ...] = ()
    currency: str = ""
    time_zones: tuple[str, ...] = ()

    def name_in(self, language: str) -> str:
        """Return the short name in a language, or in English."""
        return self.short_names.get(language) or self.short_names[ENGLISH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Countries under a name. A country may be in several, or in none."""

    code: str
    names: Mapping[str, str]
    countries: tuple[str, ...]

    def name_in(self, language: str) -> str:
        """Return the name in a language, or in English."""
        return self.names.get(language) or self.names[ENGLISH]


def regions_of(regions: Iterable[Region]) -> dict[str, tuple[str, ...]]:
    """Return the codes of the regions that list each country, by country."""
    found: dict[str, tuple[str, ...]] = {}
    for region in regions:
        for country in region.countries:
            found[country] = (*found.get(country, ()), region.code)
    return found
