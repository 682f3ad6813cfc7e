"""Which rows of a list of networks are told to people: those of networks that anybody may join, in
the country where they are. Whom a territory belongs to is not said."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from limosa.domain.catalog.engine.countries import COUNTRIES

# Of railways, authorities, the military, and companies for themselves.
_CLOSED = re.compile(
    r"\b(?:ministry|defen[cs]e|armed forces|military|police|railways?|(?:private|non-public)"
    r"(?: and neutral-host)?(?: lte| gsm)?(?: networks?)?)\b",
    re.IGNORECASE,
)
_CLOSED_BANDS = re.compile(r"\s*(?:GSM-R|TETRA)[\s\d/]*", re.IGNORECASE)
_DISPUTED = re.compile(r"annexed|unapproved use|unrecogni[sz]ed", re.IGNORECASE)
# "Uses Jamaica MCC", "Isle of Man network shut down": that tells of something else.
_OF_CODE = re.compile(r"\bmcc\b|shut down")
# As much of a country's name as its adjectives share: Palestine, Palestinian.
_STEM_LENGTH = 8


def public_rows(rows: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """Yield the rows of networks that people may join.

    rows: of mccmnc/operators_wikipedia.csv. One that stands under several countries, and says that
    it is in one of them, is of that one alone.
    """
    every = list(rows)
    places: dict[str, list[str]] = {}
    for row in every:
        places.setdefault(row["plmn"], []).append(row["country"])
    for row in every:
        others = [name for name in places[row["plmn"]] if name != row["country"]]
        if not (_is_closed(row) or _is_disputed(row) or _is_elsewhere(row, others)):
            yield row


def _is_closed(row: Mapping[str, str]) -> bool:
    said = " · ".join(row[name] for name in ("brand", "operator", "notes"))
    return bool(_CLOSED.search(said) or _CLOSED_BANDS.fullmatch(row["bands"]))


def _is_disputed(row: Mapping[str, str]) -> bool:
    """Whether a territory that a country only claims is told as that country's."""
    codes = row["cc"].split(";")
    return bool(_DISPUTED.search(row["notes"])) or not {*codes} <= {*COUNTRIES, ""}


def _is_elsewhere(row: Mapping[str, str], others: Sequence[str]) -> bool:
    notes = row["notes"].casefold()
    if ";" in row["cc"] or _OF_CODE.search(notes):
        return False
    return any(_stem(name) in notes for name in others)


def _stem(country: str) -> str:
    return max(country.casefold().split(), key=len)[:_STEM_LENGTH]
