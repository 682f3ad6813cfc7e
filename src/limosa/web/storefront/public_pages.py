"""What search engines, and people who share a link, are told of the pages that anybody may read.

Each such page has an address for every language (`?lang=es`), beside the one that goes by the
reader's own settings. The address of a page leaves out how its list was filtered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from limosa.foundation.languages import BY_CODE, LANGUAGES
from limosa.web.storefront.languages import FIELD, asked_language
from limosa.web.wording import formatting

# By their names in the URL table.
INDEXED = frozenset(
    {
        "home",
        "plans",
        "plan",
        "device_check",
        "advice",
        "facts",
        "ratings",
        "rating_place",
        "coverage",
        "coverage_country",
        "coverage_state",
        "coverage_carrier",
    }
)


@dataclass(frozen=True, slots=True)
class About:
    """What a page is, in a line and in a sentence or two; both in the active language.

    `is_indexed`: False for a page that says too little to be found.
    """

    title: str
    description: str
    is_indexed: bool = True


class Alternate(NamedTuple):
    """A page's address in a language, as HTML names it; x-default: by the reader's settings."""

    language: str
    address: str


def addresses_of(path: str) -> Iterator[Alternate]:
    """Yield the addresses of a page: by the reader's settings, then in each language."""
    yield Alternate("x-default", address_of(path))
    for language in LANGUAGES:
        yield Alternate(language.tag, address_of(path, language.code))


def address_of(path: str, language: str = "") -> str:
    """Return a page's whole address, in a language."""
    query = f"?{urlencode({FIELD: language})}" if language else ""
    return f"{settings.BASE_URL}{path}{query}"


def own_address(request: HttpRequest) -> str:
    """Return the address under which engines should know the page that was asked for."""
    return address_of(request.path, asked_language(request))


def is_indexed(request: HttpRequest) -> bool:
    """Whether a page is one that engines may know."""
    match = request.resolver_match
    return match is not None and match.url_name in INDEXED


def locale_name() -> str:
    """Return the active language as Open Graph names it: en_US."""
    parts = BY_CODE[formatting.language()].locale.split("_")
    return f"{parts[0]}_{parts[-1]}"
