"""Reads the FCC's summary of mobile broadband by county and provider, as the FCC publishes it.

Source: Broadband Data Collection, national data: shares of a county's area, from 0 to 1, outdoors
and standing still. Rows of other geographies, other data and other providers are left out.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from limosa.domain.catalog.engine.faults import FaultList

NEEDED = ("geography_type", "geography_id", "geography_desc", "data_type", "provider_id")
# Our names of the shares, by the FCC's columns.
SHARES = {
    "mobilebb_4g_area_st_pct": "lte_basis_points",
    "mobilebb_5g_spd1_area_st_pct": "nr_basis_points",
    "mobilebb_5g_spd2_area_st_pct": "nr_fast_basis_points",
}
_COUNTY, _MOBILE = "County", "Mobile Broadband"
_WHOLE = 10_000
_NAME_LENGTH_MAX = 80
# bdc_us_provider_summary_by_geography_D25_15sep2026.csv: as of the end of 2025, made in September.
_MADE = re.compile(r"_[JD][0-9]{2}_([0-9]{2}[a-z]{3}[0-9]{4})(?:[^0-9]|$)")
_ID = re.compile(r"[0-9]{4,5}")


@dataclass(frozen=True, slots=True)
class CountyNetwork:
    """How much of a county an operator covers: parts in 10,000 of its area; None: not told.

    `county`: its FIPS code, whose first two digits are the state's. `nr_fast`: 5G at 35 Mbps down
    and 3 up; the others at 5G's 7 and 1, 4G's 5 and 1.
    """

    county: str
    name: str
    operator: str
    lte_basis_points: int | None
    nr_basis_points: int | None
    nr_fast_basis_points: int | None


def edition_of_name(file: str) -> str:
    """Return the day on which a file was made, by its name; empty: it has none."""
    found = _MADE.search(file)
    try:
        return _day(found[1]).isoformat() if found else ""
    except ValueError:  # For example, the 31st of November.
        return ""


def read_counties(
    lines: Iterable[str], *, file: str, operators: Mapping[str, str]
) -> list[CountyNetwork]:
    """Return the rows of these providers. `operators`: their names for people, by the FCC's ids.

    Raises CatalogFaultsError with every error in the file.
    """
    faults = FaultList(file)
    found: list[CountyNetwork] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(lines, faults):
        operator = operators.get(row["provider_id"])
        if row["geography_type"] != _COUNTY or row["data_type"] != _MOBILE or operator is None:
            continue
        network = _network(line, row, operator, faults)
        key = network.county, operator
        if key in seen:
            faults.add(line, "provider_id", f"has this county in line {seen[key]} already")
        seen.setdefault(key, line)
        found.append(network)
    faults.check()
    return found


def _rows(lines: Iterable[str], faults: FaultList) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(lines, strict=True)
    line = 1
    try:
        header = [cell.strip().removeprefix("\ufeff") for cell in next(reader, [])]
        _check_header(header, faults)
        for cells in reader:
            line = reader.line_num
            if len(cells) == len(header):
                yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            elif cells:
                faults.add(line, "", f"has {len(cells)} cells; there are {len(header)} columns")
    except csv.Error as error:
        faults.stop(line, "", f"this is not CSV: {error}")
    except UnicodeDecodeError:
        faults.stop(line, "", "this is not UTF-8 text")


def _check_header(header: Sequence[str], faults: FaultList) -> None:
    for column in NEEDED:
        if column not in header:
            faults.add(1, column, "is missing; it has to be a column")
    if not {*header} & {*SHARES}:
        faults.add(1, "", f"has no share of an area; one of these is needed: {', '.join(SHARES)}")
    faults.check()


def _network(line: int, row: Mapping[str, str], operator: str, faults: FaultList) -> CountyNetwork:
    county = row["geography_id"]
    if not _ID.fullmatch(county):
        faults.add(line, "geography_id", f'"{county[:20]}" is not the code of a county')
    name = row["geography_desc"]
    if not name or len(name) > _NAME_LENGTH_MAX or not name.isprintable():
        faults.add(line, "geography_desc", f"is not a name of at most {_NAME_LENGTH_MAX} letters")
    shares = {ours: _share(line, row, column, faults) for column, ours in SHARES.items()}
    # A spreadsheet takes the zero from the front of 01001.
    return CountyNetwork(county.zfill(5), name, operator, **shares)


def _share(line: int, row: Mapping[str, str], column: str, faults: FaultList) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not (share.is_finite() and 0 <= share <= 1):
        faults.add(line, column, f'"{text[:20]}" is not a share from 0 to 1')
        return None
    return int(share * _WHOLE)


def _day(text: str) -> date:
    return datetime.strptime(f"{text}+0000", "%d%b%Y%z").date()
