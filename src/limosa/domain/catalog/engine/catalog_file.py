"""The catalogue file: suppliers, carriers, and plans with their prices.

The YAML form holds everything; the CSV form holds only plans, one per row, whose suppliers and
carriers must exist already. docs/reference/catalogue-file.md describes both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from limosa.domain.catalog.engine.editions import read_edition
from limosa.domain.catalog.engine.faults import FaultList
from limosa.domain.catalog.engine.located import Located, decode, from_csv, from_yaml
from limosa.domain.catalog.engine.plan_row import PlanRow, read_plan
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import read_apn, read_code, read_name

FORMAT = "1"
PLANS_MAX = 30_000

# A column is named after its field's path, joined with underscores: prices.USD is prices_USD.
_COLUMN_GROUPS = ("name", "prices", "fair_use")


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A supplier or a carrier. `apn`: a carrier's access point name, where phones don't know it."""

    code: str
    name: str
    apn: str = ""


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Codes that plans may refer to although the file does not list them; suppliers with an
    adapter."""

    suppliers: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    adapters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """A file without errors. Plans are in display order."""

    version: str
    suppliers: list[NamedRow]
    carriers: list[NamedRow]
    plans: list[PlanRow]


def read_catalog(raw: bytes, *, file: str, known: KnownCodes) -> CatalogFile:
    """Return the file's content. `file`: its name; `.csv` means the CSV form, anything else YAML.

    Raises CatalogFaultsError with every error in the file.
    """
    faults = FaultList(file)
    text = decode(raw, faults=faults)
    if file.lower().endswith(".csv"):
        table = _from_table(from_csv(text, faults=faults), faults=faults)
        document = Row(table, faults=faults, joint="_")
    else:
        document = Row(from_yaml(text, faults=faults), faults=faults)
    catalog = _read_document(document, known=known)
    faults.check()
    return catalog


def _read_document(document: Row, *, known: KnownCodes) -> CatalogFile:
    said = document.read("format", str, hint=f"this program reads format {FORMAT}")
    if said is not None and said != FORMAT:
        document.fault("format", f'"{said}" is not known; this program reads format {FORMAT}')
    version = document.read("version", read_edition, hint="write the day on which it was made")
    suppliers = _read_named(document, "suppliers")
    for supplier, row in suppliers:
        if supplier.code not in known.adapters:
            adapters = ", ".join(sorted(known.adapters))
            row.fault("code", f'no adapter is set up for "{supplier.code}"; there is: {adapters}')
    carriers = _read_named(document, "carriers", has_apn=True)
    plans = _read_plans(
        document,
        suppliers=known.suppliers | {supplier.code for supplier, _ in suppliers},
        carriers=known.carriers | {carrier.code for carrier, _ in carriers},
    )
    document.close()
    return CatalogFile(
        version=version or "",
        suppliers=[supplier for supplier, _ in suppliers],
        carriers=[carrier for carrier, _ in carriers],
        plans=plans,
    )


def _read_named(document: Row, name: str, *, has_apn: bool = False) -> list[tuple[NamedRow, Row]]:
    found: list[tuple[NamedRow, Row]] = []
    lines: dict[str, int] = {}
    for row in document.rows(name) if document.has(name) else []:
        code = row.read("code", read_code)
        shown = row.read("name", read_name)
        apn = row.read_if_given("apn", read_apn) if has_apn else None
        row.close()
        _tell_of_repetition(row, code, lines)
        if code:
            found.append((NamedRow(code, shown or "", apn or ""), row))
    return found


def _read_plans(
    document: Row, *, suppliers: frozenset[str], carriers: frozenset[str]
) -> list[PlanRow]:
    rows = document.rows("plans")
    if len(rows) > PLANS_MAX:
        document.fault("plans", f"holds {len(rows)} plans; a catalogue has at most {PLANS_MAX}")
        return []
    plans: list[PlanRow] = []
    lines: dict[str, int] = {}
    for row in rows:
        plan = read_plan(row)
        _tell_of_repetition(row, plan.code, lines)
        for name, code, codes in (
            ("supplier", plan.supplier, suppliers),
            ("carrier", plan.carrier, carriers),
        ):
            if code and code not in codes:
                _tell_of_stranger(row, name, code, codes)
        for source in plan.sources[1:]:
            if source.supplier and source.supplier not in suppliers:
                _tell_of_stranger(row, "supplier", source.supplier, suppliers)
        plans.append(plan)
    return plans


def _tell_of_stranger(row: Row, name: str, code: str, codes: frozenset[str]) -> None:
    there = ", ".join(sorted(codes)) or "none"
    row.fault(name, f'"{code}" is not a {name} that is known; there is: {there}')


def _tell_of_repetition(row: Row, code: str | None, lines: dict[str, int]) -> None:
    if code and code in lines:
        row.fault("code", f'"{code}" already stands in line {lines[code]}')
    elif code:
        lines[code] = row.line


def _from_table(rows: list[tuple[int, list[str]]], *, faults: FaultList) -> Located:
    """Return the equivalent document of a table.

    The first row is `format,1,version,…`, the second has the column names.
    """
    if len(rows) < 2:
        faults.stop(1, "", "the table needs rows: `format,1,version,…`, columns, and plans")
    (first_line, first), (header_line, header), *others = rows
    if first[0] != "format" or len(first) < 4 or first[2] != "version":
        faults.stop(first_line, "", "the first row must be `format,1,version,` and the version")
    columns = [column for column in header if column]
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        faults.add(header_line, column, "stands over two columns")
    faults.check()
    plans = [
        Located(_nest(dict(zip(header, cells, strict=False)), line), line) for line, cells in others
    ]
    for line, cells in others:
        if any(cells[len(header) :]):
            faults.add(line, "", f"has more cells than the {len(header)} columns")
    document = {
        "format": Located(first[1], first_line),
        "version": Located(first[3], first_line),
        "plans": Located(list(plans), header_line),
    }
    return Located(document, first_line)


def _nest(cells: Mapping[str, str], line: int) -> dict[str, Located]:
    fields: dict[str, Located] = {}
    groups: dict[str, dict[str, Located]] = {}
    for column, cell in cells.items():
        group = next((name for name in _COLUMN_GROUPS if column.startswith(f"{name}_")), None)
        if not cell:
            continue
        if group is None:
            fields[column] = Located(cell, line)
        else:
            inner = column.removeprefix(f"{group}_")
            groups.setdefault(group, {})[inner] = Located(cell, line)
    return fields | {name: Located(dict(inner), line) for name, inner in groups.items()}
