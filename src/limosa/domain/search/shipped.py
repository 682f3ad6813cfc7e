"""The names that ship with Limosa: other names, reviewed, and ISO 3166's codes of three letters."""

import csv
import io
from collections.abc import Collection, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import limosa
from limosa.domain.search.engine.alias_file import Aliases, read_aliases
from limosa.domain.search.engine.terms import Form, Kind, Named

FOLDER = Path(limosa.__file__).parent / "data" / "search"
_ALIASES, _CODES = "aliases.csv", "alpha3.csv"


def shipped_aliases(*, countries: Collection[str], regions: Collection[str]) -> Aliases:
    """Return the reviewed list. Raises: AliasFaultsError."""
    return read_aliases(_text(_ALIASES), countries=countries, regions=regions)


def shipped_codes() -> Iterator[Named]:
    """Return the codes of three letters."""
    for row in csv.DictReader(io.StringIO(_text(_CODES))):
        yield Named(Kind.PLACE, (row["country"],), (row["alpha3"],), Form.CODE)


@cache
def shipped_digest() -> str:
    """Return a digest of all that ships."""
    return sha256("\0".join(_text(name) for name in (_ALIASES, _CODES)).encode()).hexdigest()


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
