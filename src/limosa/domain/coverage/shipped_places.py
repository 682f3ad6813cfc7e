"""The countries and regions that ship with the program, read once per process."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import limosa
from limosa.domain.coverage.engine.places import Country, Region, codes_by_name, plain_name
from limosa.foundation.languages import BY_CODE

DATA = Path(limosa.__file__).parent / "data"
# The columns of a file that has names, by our language codes.
NAME_COLUMNS = {code: code.replace("-", "_") for code in sorted(BY_CODE)}


@cache
def shipped_countries() -> tuple[Country, ...]:
    """Return all, by code, without their regions. Source of the names: Unicode CLDR."""
    short = {row["cc"]: row for row in rows("geo/short_names.csv")}
    found = []
    for row in rows("geo/countries.csv"):
        names = {code: row[column] for code, column in NAME_COLUMNS.items()}
        shorter = short.get(row["cc"], {})
        found.append(
            Country(
                code=row["cc"],
                names=names,
                short_names={
                    code: shorter.get(column) or names[code]
                    for code, column in NAME_COLUMNS.items()
                },
                currency=row["currency"],
                time_zones=tuple(row["timezones"].split(";")),
            )
        )
    return tuple(sorted(found, key=lambda country: country.code))


@cache
def shipped_regions() -> tuple[Region, ...]:
    """Return the lists of regions that count until the operator of the brand imports others."""
    everywhere = tuple(country.code for country in shipped_countries())
    return tuple(
        Region(
            code=row["region"],
            names={code: row[column] for code, column in NAME_COLUMNS.items()},
            countries=everywhere if row["countries"] == "*" else tuple(row["countries"].split()),
        )
        for row in rows("geo/regions.csv")
    )


def code_of_place(text: str) -> str:
    """Return the code of a country by its code or its name in English, as lists of suppliers write
    them; empty: none is known by it."""
    return _codes().get(plain_name(text), "")


@cache
def _codes() -> dict[str, str]:
    return codes_by_name(shipped_countries())


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
