"""The rows of a coverage file that lists regions."""

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import read_code, read_country, read_name
from limosa.domain.coverage.engine.places import Region
from limosa.domain.coverage.engine.table import Table
from limosa.foundation.languages import BY_CODE

NAMES = tuple(sorted(BY_CODE))
ALL = "*"


def read_region_rows(table: Table, *, faults: FaultList) -> list[Region]:
    """Return the regions in the file's order; errors are added."""
    found: list[Region] = []
    lines: dict[str, int] = {}
    for row in table.read(faults):
        code = row.read("region", read_code)
        names = {name: row.read(name, read_name) or "" for name in NAMES}
        countries = _countries(row)
        if code in lines:
            row.fault("region", f"stands in line {lines[code]} already")
        if code is not None:
            lines.setdefault(code, row.line)
            found.append(Region(code=code, names=names, countries=countries))
    if not table.rows:
        faults.add(table.header_line, "region", "the file lists no region; list at least one")
    return found


def _countries(row: Row) -> tuple[str, ...]:
    """Return a row's countries, in the order of their codes; `*`: all."""
    read = row.texts("countries", _country_or_all)
    if not row.has("countries"):
        row.fault("countries", "is missing; write the codes of countries, or *")
    return tuple(sorted(COUNTRIES if ALL in read else set(read)))


def _country_or_all(text: str) -> str:
    try:
        return text if text == ALL else read_country(text)
    except UnreadableTextError as error:
        raise UnreadableTextError(f"{error}; or * for all") from None
