"""A file of exchange rates: `date,currency,per_eur`, units of the currency for one euro, as the
European Central Bank publishes them."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from limosa.domain.catalog.engine.exchange import EURO
from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import Located, decode, from_csv
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import read_day
from limosa.foundation.currencies import CURRENCIES

COLUMNS = ["date", "currency", "per_eur"]
_RATE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?")


@dataclass(frozen=True, slots=True)
class RateRow:
    """Units of the currency for one euro."""

    day: date
    currency: str
    per_euro: Decimal


def read_rates(raw: bytes, *, file: str) -> list[RateRow]:
    """Return the file's rows. Raises CatalogFaultsError with every error in the file."""
    faults = FaultList(file)
    rows = from_csv(decode(raw, faults=faults), faults=faults)
    if not rows or rows[0][1] != COLUMNS:
        faults.stop(1, "", f"the first row must be {','.join(COLUMNS)}")
    rates: list[RateRow] = []
    lines: dict[tuple[date, str], int] = {}
    for line, cells in rows[1:]:
        rate = _read_rate(line, cells, faults=faults)
        if rate is None:
            continue
        first = lines.setdefault((rate.day, rate.currency), line)
        if first != line:
            faults.add(line, "currency", f"has a rate of this day already in line {first}")
        rates.append(rate)
    faults.check()
    return rates


def _read_rate(line: int, cells: list[str], *, faults: FaultList) -> RateRow | None:
    if len(cells) != len(COLUMNS):
        faults.add(line, "", f"has {len(cells)} cells; the columns are {','.join(COLUMNS)}")
        return None
    fields = {name: Located(cell, line) for name, cell in zip(COLUMNS, cells, strict=True)}
    row = Row(Located(fields, line), faults=faults)
    day = row.read("date", read_day)
    currency = row.read("currency", _read_currency)
    per_euro = row.read("per_eur", _read_per_euro)
    if day is None or currency is None or per_euro is None:
        return None
    return RateRow(day, currency, per_euro)


def _read_currency(text: str) -> str:
    if text not in CURRENCIES or text == EURO:
        raise UnreadableTextError(
            f'"{text}" is not a currency other than the euro; write three letters of ISO 4217'
        )
    return text


def _read_per_euro(text: str) -> Decimal:
    if not _RATE.fullmatch(text) or not Decimal(text):
        raise UnreadableTextError(
            f'"{text}" is not a rate; write units for one euro, above 0, as "1.1172"'
        )
    return Decimal(text)
