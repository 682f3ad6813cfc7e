"""The list of device models that ships with the program, read once per process."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import limosa
from limosa.domain.devices.engine.device_list import (
    AppleNumber,
    DeviceList,
    DeviceModel,
    SamsungSuffix,
    Takes,
)

FOLDER = Path(limosa.__file__).parent / "data" / "devices"
_UNSURE = "unverified"


@cache
def shipped_list() -> DeviceList:
    """Return the list."""
    return DeviceList(
        models=tuple(_model(row) for row in rows("esim_devices.csv")),
        apple_numbers={
            row["number"]: _apple_number(row) for row in rows("apple_model_numbers.csv")
        },
        part_markets={
            row["suffix"]: frozenset(row["markets"].split(","))
            for row in rows("apple_part_suffix.csv")
        },
        samsung_suffixes={
            row["suffix"]: SamsungSuffix(
                suffix=row["suffix"],
                takes=Takes(row["esim"]),
                is_sure=_UNSURE not in row["note"],
            )
            for row in rows("samsung_suffix_rules.csv")
        },
    )


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the files."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _model(row: dict[str, str]) -> DeviceModel:
    return DeviceModel(
        brand=row["brand"],
        name=row["model"],
        kind=row["type"],
        platform=row["platform"],
        match_kind=row["match_kind"],
        codes=tuple(code for code in row["match_values"].split(";") if code),
        takes=Takes(row["esim"]),
        year=int(row["year"] or 0),
        rules=tuple(rule for rule in row["rules"].split(";") if rule),
        is_sure=row["confidence"] != _UNSURE,
        source=row["source"],
        as_of=row["as_of"],
    )


def _apple_number(row: dict[str, str]) -> AppleNumber:
    return AppleNumber(
        number=row["number"],
        model=row["model"],
        markets=tuple(row["markets"].split(",")),
        sim=tuple(row["sim"].split(",")),
        takes=Takes(row["esim"]),
        is_sure=row["confidence"] != _UNSURE,
        source=row["source"],
        as_of=row["as_of"],
    )
