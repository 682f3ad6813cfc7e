"""Countries and regions by name."""

import re
import unicodedata
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


# How lists name places, besides the names of CLDR; written as `plain_name` does.
_ALSO = {
    "bosnia": "BA",
    "brunei darussalam": "BN",
    "cape verde": "CV",
    "congo democratic republic of the": "CD",
    "cote d ivoire": "CI",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "england": "GB",
    "great britain": "GB",
    "ivory coast": "CI",
    "korea": "KR",
    "korea republic of": "KR",
    "lao pdr": "LA",
    "macau": "MO",
    "macedonia": "MK",
    "republic of korea": "KR",
    "republic of the congo": "CG",
    "russian federation": "RU",
    "slovak republic": "SK",
    "swaziland": "SZ",
    "the netherlands": "NL",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "usa": "US",
    "us virgin islands": "VI",
    "viet nam": "VN",
}
# "Hong Kong (China)", "China mainland": what it belongs to, or which part of it.
_ASIDE = re.compile(r"\(.*?\)|\bmainland\b|\bsar china\b")
_NOT_WORD = re.compile(r"[\W_]+")


def plain_name(text: str) -> str:
    """Return a place's name for looking it up: without case, accents, asides and punctuation."""
    bare = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ").replace(".", "")
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return _NOT_WORD.sub(" ", _ASIDE.sub(" ", letters)).strip()


def codes_by_name(countries: Iterable[Country]) -> dict[str, str]:
    """Return the codes of countries by code and by plain name in English."""
    found = dict(_ALSO)
    for country in countries:
        names = (country.code, country.names[ENGLISH], country.short_names[ENGLISH])
        found |= {plain_name(name): country.code for name in names}
    return found


def regions_of(regions: Iterable[Region]) -> dict[str, tuple[str, ...]]:
    """Return the codes of the regions that list each country, by country."""
    found: dict[str, tuple[str, ...]] = {}
    for region in regions:
        for country in region.countries:
            found[country] = (*found.get(country, ()), region.code)
    return found
