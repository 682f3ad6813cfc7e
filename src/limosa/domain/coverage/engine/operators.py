"""Operators of mobile networks by country, put together from two public lists.

One has the networks with their codes, generations and bands (Wikipedia, CC BY-SA 3.0); the other
has access point names, and brands that use another's network (mobile-broadband-provider-info,
public domain). An operator names the lists that it is from, so that pages can credit them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.coverage.engine.facts import GENERATIONS
from limosa.domain.coverage.engine.provider_file import Apn, Plmn, Provider
from limosa.domain.coverage.engine.public_networks import public_rows

WIKIPEDIA, PROVIDER_INFO = "wikipedia", "mobile-broadband-provider-info"
_FLAGS = dict(zip(("gsm", "umts", "lte", "nr"), GENERATIONS, strict=True))
_WORDS = re.compile(r"[^\W_]+")
# What is left of a name is the same brand, whatever kind of company runs it.
_EMPTY_WORDS = {"wireless", "mobile", "mobility", "communications", "telecom", "cellular", "inc"}

_TELLING_LETTERS = 3  # Shorter names, such as "US" and "t", stand in others by chance.


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A network brand in a country.

    `company`: who runs it; empty: not known. `plmns`: its network codes there. `generations`: those
    of its networks, slowest first; empty: not known. `bands`: as "LTE 700". `apns`: access point
    names for the internet. `is_virtual`: it uses another's network. `sources`: lists that it is
    from.
    """

    name: str
    company: str = ""
    plmns: tuple[Plmn, ...] = ()
    generations: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    apns: tuple[Apn, ...] = ()
    is_virtual: bool = False
    sources: tuple[str, ...] = ()

    @property
    def fastest(self) -> str:
        """The fastest generation; empty: not known."""
        return self.generations[-1] if self.generations else ""


class _Row(NamedTuple):
    country: str
    name: str
    operator: Operator


def operators_by_country(
    network_rows: Iterable[Mapping[str, str]],
    providers: Sequence[Provider],
    additions: Iterable[Mapping[str, str]] = (),
) -> dict[str, tuple[Operator, ...]]:
    """Return the operators of each country: those with a network of their own first, by name.

    `network_rows`: of mccmnc/operators_wikipedia.csv; what is not known to be in use is left out,
    and what is not public.
    `additions`: of operators/additions.csv: generations that those rows do not have.
    """
    found: dict[str, dict[str, Operator]] = {}
    every = list(network_rows)
    public = list(public_rows(every))
    left_out = _codes_by_country(every) - _codes_by_country(public)
    for country, name, operator in _network_rows(public):
        here = found.setdefault(country, {})
        key = name.casefold()
        here[key] = _joined(here[key], operator) if key in here else operator
    for here in found.values():
        _join_companies(here)
    for row in additions:
        known = found[row["cc"]][row["name"].casefold()]
        found[row["cc"]][row["name"].casefold()] = replace(
            known, generations=tuple(row["generations"].split())
        )
    for provider in providers:
        codes = {(provider.country, plmn) for plmn in provider.plmns}
        if provider.country in COUNTRIES and not (codes and codes <= left_out):
            _add_provider(found.setdefault(provider.country, {}), provider)
    return {
        country: tuple(sorted(here.values(), key=lambda one: (one.is_virtual, one.name.casefold())))
        for country, here in found.items()
    }


def _codes_by_country(rows: Iterable[Mapping[str, str]]) -> set[tuple[str, Plmn]]:
    return {
        (country, Plmn(row["mcc"], row["mnc"])) for row in rows for country in row["cc"].split(";")
    }


def _network_rows(rows: Iterable[Mapping[str, str]]) -> Iterator[_Row]:
    for row in rows:
        name = row["brand"] or row["operator"]
        if row["status"] != "operational" or not name:
            continue
        operator = Operator(
            name=name,
            company=row["operator"] if row["operator"] != name else "",
            plmns=(Plmn(row["mcc"], row["mnc"]),),
            generations=tuple(one for flag, one in _FLAGS.items() if row[flag] == "1"),
            bands=tuple(_bands(row["bands"])),
            is_virtual=row["mvno"] == "1",
            sources=(WIKIPEDIA,),
        )
        for country in row["cc"].split(";"):
            if country in COUNTRIES:
                yield _Row(country, name, operator)


def _bands(text: str) -> Iterator[str]:
    for part in text.split("/"):
        band = part.strip()
        if any(letter.isdigit() for letter in band):
            yield band


def _joined(one: Operator, other: Operator) -> Operator:
    generations = {*one.generations, *other.generations}
    return replace(
        one,
        company=one.company or other.company,
        plmns=tuple(sorted({*one.plmns, *other.plmns})),
        generations=tuple(name for name in GENERATIONS if name in generations),
        bands=tuple(dict.fromkeys([*one.bands, *other.bands])),
        is_virtual=one.is_virtual and other.is_virtual,
    )


def _join_companies(here: dict[str, Operator]) -> None:
    """Make one of a network that stands under its company's name and the company's brand: the
    faster one gives the name."""
    for key, operator in list(here.items()):
        of_company = [
            other
            for other, known in here.items()
            if other != key and known.company and _words(known.company) == _words(operator.name)
        ]
        if len(of_company) == 1 and not operator.company:
            brand = here.pop(of_company[0])
            del here[key]
            first, second = sorted([brand, operator], key=_speed, reverse=True)
            joined = _joined(first, second)
            is_said_twice = joined.company.casefold() == joined.name.casefold()
            here[first.name.casefold()] = replace(joined, company="") if is_said_twice else joined


def _speed(one: Operator) -> int:
    return GENERATIONS.index(one.fastest) if one.fastest else -1


def is_called(operator: Operator, name: str) -> bool:
    """Whether a name is that of an operator or its company, as plans' networks are called."""
    wanted, telling = _words(name), _telling(name)
    for own in filter(None, (operator.name, operator.company)):
        words = _words(own)
        is_begun = bool(telling) and words[: len(wanted)] == wanted
        if words == wanted or is_begun or (telling and telling == _telling(own)):
            return True
    return False


def _add_provider(here: dict[str, Operator], provider: Provider) -> None:
    """Give a provider's access point names to the operator of its name, or make it one."""
    for key, operator in here.items():
        if WIKIPEDIA in operator.sources and _is_of(provider, operator):
            here[key] = replace(
                operator,
                apns=tuple(dict.fromkeys([*operator.apns, *provider.apns])),
                sources=tuple(dict.fromkeys([*operator.sources, PROVIDER_INFO])),
            )
            return
    if provider.apns:
        here.setdefault(
            provider.name.casefold(),
            Operator(
                name=provider.name,
                plmns=provider.plmns,
                apns=provider.apns,
                is_virtual=any({*provider.plmns} & {*one.plmns} for one in here.values()),
                sources=(PROVIDER_INFO,),
            ),
        )


def _is_of(provider: Provider, operator: Operator) -> bool:
    """Return whether a provider is this operator: by its name, or by one that has its name in it
    and shares a network code."""
    names = [part for part in (*operator.name.split("/"), operator.company) if part.strip()]
    whole, telling = _words(provider.name), _telling(provider.name)
    if "".join(whole) in {"".join(_words(name)) for name in names}:
        return True
    theirs = {known for name in names if (known := _telling(name))}
    if telling in theirs and telling:
        return True
    shares = bool({*provider.plmns} & {*operator.plmns})
    return shares and any(
        f" {name} " in f" {telling} " or f" {telling} " in f" {name} " for name in theirs if telling
    )


@lru_cache(maxsize=10_000)
def _words(name: str) -> list[str]:
    """Return a name's words, without case and accents."""
    bare = unicodedata.normalize("NFKD", name.replace("&", "")).casefold()
    return _WORDS.findall("".join(one for one in bare if not unicodedata.combining(one)))


@lru_cache(maxsize=10_000)
def _telling(name: str) -> str:
    """Return a name without what companies are called besides; empty: nothing is left of it that
    tells it from others."""
    words = " ".join(word for word in _words(name) if word not in _EMPTY_WORDS)
    return words if len(words) >= _TELLING_LETTERS else ""
