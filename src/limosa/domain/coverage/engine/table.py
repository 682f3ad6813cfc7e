"""A coverage file: a table whose first row is `format,1,version,…` and whose second has the
columns. Which columns it has says what it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from limosa.domain.catalog.engine.editions import read_edition
from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import Located, decode, from_csv
from limosa.domain.catalog.engine.rows import Row
from limosa.foundation.languages import BY_CODE

FORMAT = "1"
ROWS_MAX = 400_000


class Kind(StrEnum):
    """What a coverage file holds."""

    NETWORKS = "networks"
    FACTS = "facts"
    REGIONS = "regions"


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NETWORKS: ("plan", "carrier", "countries", "operator", "generation"),
    Kind.FACTS: (
        "plan",
        "carrier",
        "tethering",
        "identity_check",
        "number",
        "calls",
        "texts",
        "exit_country",
        "blocked_services",
    ),
    Kind.REGIONS: ("region", *sorted(BY_CODE), "countries"),
}
# The column that only a file of this kind has.
_MARKS = {"operator": Kind.NETWORKS, "region": Kind.REGIONS}


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows; `header_line`: where the columns stand."""

    kind: Kind
    version: str
    header_line: int
    rows: list[tuple[int, dict[str, str]]]

    def read(self, faults: FaultList) -> Iterator[Row]:
        """Yield each row, ready to be read field by field."""
        for line, cells in self.rows:
            fields = {name: Located(cell, line) for name, cell in cells.items() if cell}
            yield Row(Located(fields, line), faults=faults)


def read_table(raw: bytes, *, faults: FaultList) -> Table:
    """Return the file's rows. Raises CatalogFaultsError if it is no such table."""
    rows = from_csv(decode(raw, faults=faults), faults=faults)
    if len(rows) < 2:
        faults.stop(1, "", "the table needs rows: `format,1,version,…`, and columns")
    (first_line, first), (header_line, header), *others = rows
    if first[0] != "format" or len(first) < 4 or first[2] != "version":
        faults.stop(first_line, "", "the first row must be `format,1,version,` and the version")
    if first[1] != FORMAT:
        faults.add(first_line, "format", f"is not known; this program reads format {FORMAT}")
    try:
        read_edition(first[3])
    except UnreadableTextError as error:
        faults.add(first_line, "version", str(error))
    kind = _check_header([column for column in header if column], header_line, faults)
    if len(others) > ROWS_MAX:
        faults.add(header_line, "", f"has {len(others)} rows; a file has at most {ROWS_MAX}")
    for line, cells in others:
        if any(cells[len(header) :]):
            faults.add(line, "", f"has more cells than the {len(header)} columns")
    faults.check()
    named = [(line, dict(zip(header, cells, strict=False))) for line, cells in others]
    return Table(kind, first[3], header_line, named)


def _check_header(header: list[str], line: int, faults: FaultList) -> Kind:
    kind = next((kind for column, kind in _MARKS.items() if column in header), Kind.FACTS)
    known = COLUMNS[kind]
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            faults.add(line, column, "stands over two columns")
        if column not in known:
            faults.add(line, column, f"is not a column here; the columns are: {', '.join(known)}")
    return kind
