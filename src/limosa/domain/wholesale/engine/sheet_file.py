"""A supplier's price list in a CSV file: docs/reference/price-lists.md describes it."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar
from unicodedata import category

from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import Located, decode, from_csv
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import (
    read_country,
    read_price,
    read_speed,
    read_time_zone,
    read_volume,
)
from limosa.domain.connectivity.answers import Activation, PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.gathering import CODE_LENGTH_MAX, NAME_LENGTH_MAX, PLANS_MAX
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money

NEEDED = ("code", "cost", "currency", "volume", "days", "countries")
OPTIONAL = (
    "name",
    "use",
    "daily",
    "then",
    "activation",
    "day_zone",
    "exit_country",
    "renewable",
    "renewed_by",
)
# A column of the supplier's own; its name without this prefix is the rule's.
RULE = "rule_"
UNLIMITED = "unlimited"
UNKNOWN = "unknown"
CUT = "none"
_DAYS_MAX = 3_660
# Ours: 300 bytes for each of as many plans as there may be. Reading takes six times as much memory.
FILE_MB_MAX = 32
FILE_BYTES_MAX = FILE_MB_MAX * 1000**2
_Choice = TypeVar("_Choice")
_YES_OR_NO = {"yes": True, "no": False}


def read_sheet(raw: bytes, *, file: str) -> dict[str, SupplierPlan]:
    """Return the file's plans, by code. Raises CatalogFaultsError with every error in the file.

    `raw`: more than FILE_BYTES_MAX is not read.
    """
    faults = FaultList(file)
    header_line, header, others = _table(raw, faults=faults)
    plans: dict[str, SupplierPlan] = {}
    lines: dict[str, int] = {}
    for line, cells in others:
        if len(cells) > len(header) and any(cells[len(header) :]):
            faults.add(line, "", f"has more cells than the {len(header)} columns")
        plan = _read_plan(line, dict(zip(header, cells, strict=False)), faults=faults)
        if plan is None:
            continue
        if plan.code in lines:
            faults.add(line, "code", f'"{plan.code}" already stands in line {lines[plan.code]}')
        lines[plan.code] = line
        plans[plan.code] = plan
    if not others:
        faults.add(header_line, "", "holds no plan")
    faults.check()
    return plans


def _table(raw: bytes, *, faults: FaultList) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    """Return the line of the header, the header, and the rows below it."""
    if len(raw) > FILE_BYTES_MAX:
        faults.stop(
            1,
            "",
            f"is larger than {FILE_MB_MAX} MB, which is enough for {PLANS_MAX:,} plans; leave out "
            f"plans that you won't sell, and {RULE}… columns that you don't need",
        )
    table = from_csv(decode(raw, faults=faults), faults=faults, rows_max=PLANS_MAX + 1)
    if not table:
        faults.stop(1, "", f"the first row must name columns; at least {','.join(NEEDED)}")
    (header_line, header), *others = table
    _check_header(header_line, header, faults=faults)
    if len(others) > PLANS_MAX:
        faults.stop(
            header_line,
            "",
            f"holds more than {PLANS_MAX:,} plans; leave out those that you won't sell",
        )
    return header_line, header, others


def _check_header(line: int, header: list[str], *, faults: FaultList) -> None:
    for column in NEEDED:
        if column not in header:
            faults.add(line, column, "is missing; it has to be a column")
    for column, count in Counter(header).items():
        if count > 1:
            faults.add(line, column, "stands over two columns")
        elif column not in {*NEEDED, *OPTIONAL} and not column.startswith(RULE):
            known = ", ".join((*NEEDED, *OPTIONAL, f"{RULE}…"))
            faults.add(line, column, f"is not a column here; the columns are: {known}")
    faults.check()


def _read_plan(line: int, cells: dict[str, str], *, faults: FaultList) -> SupplierPlan | None:
    row = Row(
        Located({name: Located(cell, line) for name, cell in cells.items()}, line), faults=faults
    )
    code = row.read("code", partial(_short, CODE_LENGTH_MAX))
    currency = row.read("currency", _currency)
    cost = row.read("cost", partial(read_price, currency=currency)) if currency else None
    volume = row.read("volume", _volume, hint=f'write "1 GB", or {UNLIMITED}')
    days = row.read("days", _days, hint=f'write a number, or "{UNKNOWN}"')
    countries = row.texts("countries", read_country)
    if not row.has("countries"):
        row.fault("countries", "is missing; list the countries that are covered, as US PR")
    rest = _read_rest(row)
    if code is None or currency is None or cost is None or volume is None or days is None:
        return None
    return SupplierPlan(
        code=code,
        cost=Money(cost, currency),
        volume_bytes=volume or None,
        days=days or None,
        countries=tuple(sorted(set(countries))),
        rules={name.removeprefix(RULE): cells[name] for name in cells if name.startswith(RULE)},
        name=rest["name"] or "",
        use=rest["use"] or PlanUse.EITHER,
        daily_bytes=rest["daily"],
        throttled_kbps=rest["then"],
        activation=rest["activation"] or Activation.UNKNOWN,
        day_zone=rest["day_zone"] or "",
        exit_country=rest["exit_country"] or "",
        is_renewable=rest["renewable"],
        renewed_by=tuple(rest["renewed_by"]),
    )


def _read_rest(row: Row) -> dict[str, Any]:
    return {
        "name": row.read_if_given("name", partial(_short, NAME_LENGTH_MAX)),
        "use": row.read_if_given("use", partial(_one_of, {one.value: one for one in PlanUse})),
        "daily": row.read_if_given("daily", read_volume),
        "then": row.read_if_given("then", _speed),
        "activation": row.read_if_given(
            "activation", partial(_one_of, {one.value: one for one in Activation})
        ),
        "day_zone": row.read_if_given("day_zone", read_time_zone),
        "exit_country": row.read_if_given("exit_country", read_country),
        "renewable": row.read_if_given("renewable", partial(_one_of, _YES_OR_NO)),
        "renewed_by": row.texts("renewed_by", partial(_short, CODE_LENGTH_MAX)),
    }


def _short(most: int, text: str) -> str:
    if any(category(letter) == "Cc" for letter in text):
        raise UnreadableTextError("has a control character, such as a line break; remove it")
    if len(text) > most:
        raise UnreadableTextError(f"is {len(text)} characters long; use at most {most}")
    return text


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise UnreadableTextError(f'"{text}" is not a currency; write three letters of ISO 4217')
    return text


def _volume(text: str) -> int:
    """Return bytes; 0: unlimited."""
    return 0 if text == UNLIMITED else read_volume(text)


def _speed(text: str) -> int:
    return 0 if text == CUT else read_speed(text)


def _days(text: str) -> int:
    """Return days; 0: not known."""
    if text == UNKNOWN:
        return 0
    if not text.isascii() or not text.isdecimal():
        raise UnreadableTextError(
            f'"{text}" is not a number of days; write 1 to {_DAYS_MAX}, or "{UNKNOWN}"'
        )
    number = text.lstrip("0")
    if len(number) > len(str(_DAYS_MAX)) or int(number or 0) > _DAYS_MAX:
        raise UnreadableTextError(f'is too large; write 1 to {_DAYS_MAX}, or "{UNKNOWN}"')
    if not number:
        raise UnreadableTextError(f'is too small; write 1 to {_DAYS_MAX}, or "{UNKNOWN}"')
    return int(number)


def _one_of(choices: Mapping[str, _Choice], text: str) -> _Choice:
    if text not in choices:
        raise UnreadableTextError(f'"{text}" is not known; write one of {", ".join(choices)}')
    return choices[text]
