"""The names that ship with Limosa: other names, reviewed, and ISO 3166's codes of three letters."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from hashlib import sha256

from limosa.domain.coverage.shipped_places import DATA, NAME_COLUMNS, rows, shipped_countries
from limosa.domain.search.engine.alias_file import Aliases, Inside, read_aliases
from limosa.domain.search.engine.terms import Form, Kind, Named

# All that ships of names is in these folders.
_FOLDERS = ("geo", "search")
_ALIASES, _CODES, _STATES = "search/aliases.csv", "search/alpha3.csv", "geo/us_states.csv"
_UNITED_STATES = "US"


def shipped_aliases(*, countries: Collection[str], regions: Collection[str]) -> Aliases:
    """Return the reviewed list. Raises: AliasFaultsError."""
    text = (DATA / _ALIASES).read_text(encoding="utf-8")
    return read_aliases(text, countries=countries, regions=regions)


def shipped_codes() -> Iterator[Named]:
    """Return the codes of three letters."""
    for row in rows(_CODES):
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
    files = sorted(path for folder in _FOLDERS for path in (DATA / folder).glob("*.csv"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
