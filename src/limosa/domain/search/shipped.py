"""The names that ship with Limosa: other names, reviewed, and ISO 3166's codes of three letters."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

import limosa
from limosa.domain.coverage.shipped_places import NAME_COLUMNS, rows, shipped_countries
from limosa.domain.search.engine.alias_file import Aliases, Inside, read_aliases
from limosa.domain.search.engine.terms import Form, Kind, Named

FOLDER = Path(limosa.__file__).parent / "data" / "search"
_ALIASES, _CODES = "aliases.csv", "alpha3.csv"
_STATES = "geo/us_states.csv"
_UNITED_STATES = "US"


def shipped_aliases(*, countries: Collection[str], regions: Collection[str]) -> Aliases:
    """Return the reviewed list. Raises: AliasFaultsError."""
    return read_aliases(_text(_ALIASES), countries=countries, regions=regions)


def shipped_codes() -> Iterator[Named]:
    """Return the codes of three letters."""
    for row in csv.DictReader(io.StringIO(_text(_CODES))):
        yield Named(Kind.PLACE, (row["country"],), (row["alpha3"],), Form.CODE)


def shipped_states() -> Iterator[Named]:
    """Return the states of the United States, by name and by the code of the postal service."""
    for row in rows(_STATES):
        names = [row[column] for column in NAME_COLUMNS.values()]
        yield Named(Kind.PLACE, (_UNITED_STATES,), names, Form.ALIAS, has_label=True)
        yield Named(Kind.PLACE, (_UNITED_STATES,), (row["code"],), Form.CODE, has_label=True)


@cache
def shipped_inside() -> Mapping[tuple[str, str], Inside]:
    """Return what the names of places inside countries are, by country and name."""
    aliases = shipped_aliases(countries={one.code for one in shipped_countries()}, regions=())
    found = dict(aliases.inside)
    for row in rows(_STATES):
        names = {code: row[column] for code, column in NAME_COLUMNS.items()}
        for name in (row["code"], *names.values()):
            found[_UNITED_STATES, name] = Inside(row["code"], names)
    return found


@cache
def shipped_digest() -> str:
    """Return a digest of all that ships."""
    return sha256("\0".join(_text(name) for name in (_ALIASES, _CODES)).encode()).hexdigest()


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
