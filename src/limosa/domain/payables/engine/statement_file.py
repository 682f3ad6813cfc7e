"""A supplier's statement in a CSV file: docs/reference/statements.md describes it."""

from datetime import UTC, datetime
from functools import partial

from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import Located, decode, from_csv
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.connectivity.answers import Charge
from limosa.foundation.amounts import AmountUnreadableError, read_amount
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money

NEEDED = ("charge_id", "amount", "currency", "charged_at")
OPTIONAL = ("number", "reference")
LINES_MAX = 100_000
CHARGE_ID_LENGTH_MAX, NUMBER_LENGTH_MAX = 80, 80


def read_statement(raw: bytes, *, file: str, now: datetime) -> list[Charge]:
    """Return the file's lines. Raises CatalogFaultsError with every error in the file."""
    faults = FaultList(file)
    table = from_csv(decode(raw, faults=faults), faults=faults)
    if not table:
        faults.stop(1, "", f"the first row must name columns; at least {','.join(NEEDED)}")
    (header_line, header), *others = table
    _check_header(header_line, header, faults=faults)
    if not others:
        faults.stop(header_line, "", "holds no line")
    if len(others) > LINES_MAX:
        faults.stop(header_line, "", f"holds {len(others)} lines; use at most {LINES_MAX}")
    charges: dict[str, Charge] = {}
    lines: dict[str, int] = {}
    for line, cells in others:
        if len(cells) > len(header) and any(cells[len(header) :]):
            faults.add(line, "", f"has more cells than the {len(header)} columns")
        charge = _read(line, dict(zip(header, cells, strict=False)), now=now, faults=faults)
        if charge is None:
            continue
        if charge.charge_id in lines:
            earlier = lines[charge.charge_id]
            faults.add(line, "charge_id", f'"{charge.charge_id}" already stands in line {earlier}')
        lines[charge.charge_id] = line
        charges[charge.charge_id] = charge
    faults.check()
    return list(charges.values())


def _check_header(line: int, header: list[str], *, faults: FaultList) -> None:
    for column in NEEDED:
        if column not in header:
            faults.add(line, column, "is missing; it has to be a column")
    for column in sorted(set(header)):
        if header.count(column) > 1:
            faults.add(line, column, "stands over two columns")
        elif column not in {*NEEDED, *OPTIONAL}:
            known = ", ".join((*NEEDED, *OPTIONAL))
            faults.add(line, column, f"is not a column here; the columns are: {known}")
    faults.check()


def _read(line: int, cells: dict[str, str], *, now: datetime, faults: FaultList) -> Charge | None:
    row = Row(
        Located({name: Located(cell, line) for name, cell in cells.items()}, line), faults=faults
    )
    charge_id = row.read("charge_id", partial(_short, CHARGE_ID_LENGTH_MAX))
    currency = row.read("currency", _currency)
    amount = row.read("amount", partial(_amount, currency)) if currency else None
    charged_at = row.read("charged_at", partial(_time, now))
    number = row.read_if_given("number", partial(_short, NUMBER_LENGTH_MAX))
    reference = row.read_if_given("reference", partial(_short, NUMBER_LENGTH_MAX))
    if charge_id is None or amount is None or charged_at is None:
        return None
    return Charge(
        charge_id=charge_id,
        amount=amount,
        charged_at=charged_at,
        number=number or "",
        reference=reference or "",
    )


def _short(most: int, text: str) -> str:
    if "\0" in text:
        raise UnreadableTextError("has a control character; remove it")
    if len(text) > most:
        raise UnreadableTextError(f"is {len(text)} characters long; use at most {most}")
    return text


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise UnreadableTextError(f'"{text}" is not a currency; write three letters of ISO 4217')
    return text


def _amount(currency: str, text: str) -> Money:
    """Return an amount in major units; negative: given back."""
    try:
        amount = read_amount(text.removeprefix("-"), currency=currency)
    except AmountUnreadableError as error:
        raise UnreadableTextError(
            f'"{text}" is not an amount in {currency}; write 8.10, or -8.10 for money given back'
        ) from error
    return -amount if text.startswith("-") else amount


def _time(now: datetime, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableTextError(
            f'"{text}" is not a time; write ISO 8601 with an offset, as 2026-11-20T18:30:00Z'
        ) from error
    if at.tzinfo is None:
        raise UnreadableTextError(f'"{text}" has no offset; write it as {text}Z if it is UTC')
    if at > now or at.year < 2000:
        raise UnreadableTextError(f'"{text}" is not a time in the past')
    return at.astimezone(UTC)
