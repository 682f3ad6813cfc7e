"""The reviewed list of other names: what each row says, and what may be wrong with it."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from limosa.domain.search.engine.normalising import key
from limosa.domain.search.engine.terms import Form, Kind, Named, region_target
from limosa.foundation.languages import BY_CODE

COLUMNS = ("kind", "target", *(code.replace("-", "_") for code in sorted(BY_CODE)))
_NAMES = COLUMNS[2:]
_FORMS = {
    "country": Form.ALIAS,
    "state": Form.ALIAS,
    "city": Form.ALIAS,
    "several": Form.ALIAS,
    "region": Form.ALIAS,
    "short": Form.SHORT,
}
_WITH_LABEL = frozenset({"state", "city"})
CARRIER = "carrier"


class AliasFaultsError(ValueError):
    """The list has faults; the text has a line for each."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A place inside a country. `state`: the code of the state that it is or lies in, as CA; empty:
    not told. `names`: its name by language; empty, where the list does not tell which it is."""

    state: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aliases:
    """`places`: names of countries, regions and places inside countries. `brands`: (a carrier's
    brand, its other names). `inside`: what a place inside a country is, by country and name."""

    places: tuple[Named, ...]
    brands: tuple[tuple[str, tuple[str, ...]], ...]
    inside: Mapping[tuple[str, str], Inside] = field(default_factory=dict)


def read_aliases(text: str, *, countries: Collection[str], regions: Collection[str]) -> Aliases:
    """Return the list. A region that the operator does not have is passed over.

    Raises: AliasFaultsError with a line for each fault: a column that is missing, an unknown kind
            or country, a name that is empty or that nothing can be typed for.
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise AliasFaultsError(f"line 1: the columns are {','.join(COLUMNS)}")
    faults: list[str] = []
    places: list[Named] = []
    brands: list[tuple[str, tuple[str, ...]]] = []
    inside: list[tuple[tuple[str, str], Inside]] = []
    for row in reader:
        wrong = list(_faults(row, countries))
        faults += [f"line {reader.line_num}: {fault}" for fault in wrong]
        if wrong:
            continue
        if row["kind"] == CARRIER:
            brands.append((row["target"], _names(row)))
        elif row["kind"] != "region" or row["target"] in regions:
            places.append(_place(row))
            if row["kind"] in _WITH_LABEL:
                inside += _inside(row)
    if faults:
        raise AliasFaultsError("\n".join(faults))
    # Of a name that several rows have, the first one tells.
    return Aliases(tuple(places), tuple(brands), dict(reversed(inside)))


def _place(row: dict[str, str]) -> Named:
    kind, target = row["kind"], row["target"]
    targets = (region_target(target),) if kind == "region" else tuple(_countries(row))
    return Named(Kind.PLACE, targets, _names(row), _FORMS[kind], has_label=kind in _WITH_LABEL)


def _countries(row: dict[str, str]) -> list[str]:
    """Return the countries of a row: US-CA is a state of one."""
    codes = row["target"].split()
    return [code.split("-")[0] for code in codes] if row["kind"] in _WITH_LABEL else codes


def _inside(row: dict[str, str]) -> Iterator[tuple[tuple[str, str], Inside]]:
    """Return what the names of a row are. Which names of two languages mean the same is certain of
    the first ones only."""
    country, _, state = row["target"].partition("-")
    firsts = {code: row[code.replace("-", "_")].split("|")[0] for code in BY_CODE}
    for name in _names(row):
        is_first = name in firsts.values()
        yield (country, name), Inside(state, firsts if is_first else {})


def _names(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(name for column in _NAMES for name in row[column].split("|") if name)


def _faults(row: dict[str, str], countries: Collection[str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield f"it has not {len(COLUMNS)} fields"
        return
    kind, names = row["kind"], _names(row)
    if kind not in _FORMS and kind != CARRIER:
        yield f"kind: {kind!r} is none of {', '.join([*_FORMS, CARRIER])}"
    if kind not in (CARRIER, "region"):
        codes = _countries(row)
        if not codes or (len(codes) > 1) != (kind == "several"):
            yield f"target: {len(codes)} countries do not make a row of kind {kind!r}"
        yield from (f"target: no country {code!r}" for code in codes if code not in countries)
    if not names:
        yield "it has no name"
    yield from (f"{name!r} has no letter" for name in names if not key(name))
    yield from (f"{name!r} has a space at an end" for name in names if name != name.strip())
