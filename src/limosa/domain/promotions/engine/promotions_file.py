"""The file of promotions, described in docs/reference/catalogue-file.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from limosa.domain.catalog.engine.catalog_file import FORMAT
from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import decode, from_yaml
from limosa.domain.catalog.engine.plan_row import read_names
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import (
    read_code,
    read_day,
    read_percent_off,
    read_price,
    read_time_zone,
    read_validity,
    read_volume,
)
from limosa.foundation.currencies import CURRENCIES


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRow:
    """A promotion as written in a file or a form: percent off, an amount off or bonus bytes; the
    others are 0. `durations`: as engine.scope has them."""

    code: str
    name: dict[str, str]
    percent_off: int = 0
    amount_off_minor: int = 0
    amount_currency: str = ""
    bonus_bytes: int = 0
    plan_codes: Sequence[str] = ()
    carrier_codes: Sequence[str] = ()
    durations: Sequence[str] = ()
    needs_code: bool = False
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The codes that a promotion may name."""

    plans: frozenset[str]
    carriers: frozenset[str]


def read_promotions(raw: bytes, *, file: str, known: Known) -> list[PromotionRow]:
    """Return the file's promotions. Raises CatalogFaultsError with every error in the file."""
    faults = FaultList(file)
    document = Row(from_yaml(decode(raw, faults=faults), faults=faults), faults=faults)
    said = document.read("format", str, hint=f"this program reads format {FORMAT}")
    if said is not None and said != FORMAT:
        document.fault("format", f'"{said}" is not known; this program reads format {FORMAT}')
    promotions: list[PromotionRow] = []
    lines: dict[str, int] = {}
    for row in document.rows("promotions"):
        promotion = _read_promotion(row, known)
        if promotion and promotion.code in lines:
            first = lines[promotion.code]
            row.fault("code", f'"{promotion.code}" already stands in line {first}')
        elif promotion:
            lines[promotion.code] = row.line
            promotions.append(promotion)
    document.close()
    faults.check()
    return promotions


def _read_promotion(row: Row, known: Known) -> PromotionRow | None:
    def read_plan_code(text: str) -> str:
        return _known(text, known.plans, "a plan of the catalogue")

    def read_carrier_code(text: str) -> str:
        return _known(text, known.carriers, "a carrier of the catalogue")

    code = row.read("code", read_code)
    names = read_names(row)
    gift = _read_gift(row)
    plan_codes = row.texts("plans", read_plan_code)
    carrier_codes = row.texts("carriers", read_carrier_code)
    durations = row.texts("durations", lambda text: str(read_validity(text)))
    needs_code = row.read_if_given("needs_code", _read_yes)
    times = _read_times(row)
    row.close()
    if code is None or times is None:
        return None
    return PromotionRow(
        code=code,
        name=names,
        **gift,
        plan_codes=plan_codes,
        carrier_codes=carrier_codes,
        durations=durations,
        needs_code=bool(needs_code),
        starts_at=times[0],
        ends_at=times[1],
    )


def _known(text: str, codes: frozenset[str], what: str) -> str:
    if text not in codes:
        raise UnreadableTextError(f'"{text}" is not {what}')
    return text


def _read_yes(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise UnreadableTextError(f'"{text}" is neither yes nor no')
    return text == "yes"


def _read_gift(row: Row) -> dict[str, Any]:
    percent_off = row.read_if_given("percent_off", read_percent_off)
    amount_off = row.read_if_given("amount_off", _read_amount)
    bonus_bytes = row.read_if_given("bonus", read_volume)
    if [row.has(name) for name in ("percent_off", "amount_off", "bonus")].count(True) != 1:
        row.fault(
            "percent_off",
            'give one: percent_off, as 10, amount_off, as "5.00 USD", or bonus, as "10 GB"',
        )
    amount_minor, currency = amount_off or (0, "")
    return {
        "percent_off": percent_off or 0,
        "amount_off_minor": amount_minor,
        "amount_currency": currency,
        "bonus_bytes": bonus_bytes or 0,
    }


def _read_amount(text: str) -> tuple[int, str]:
    digits, _, currency = text.rpartition(" ")
    if currency not in CURRENCIES:
        raise UnreadableTextError(f'"{text}" has no currency; write an amount as "5.00 USD"')
    return read_price(digits, currency=currency), currency


def _read_times(row: Row) -> tuple[datetime, datetime] | None:
    """Return the midnight that begins the first day, and the midnight that ends the last."""
    first_day = row.read("first_day", read_day)
    last_day = row.read("last_day", read_day)
    time_zone = row.read(
        "time_zone", read_time_zone, hint="the days begin and end in this time zone"
    )
    if first_day is None or last_day is None or time_zone is None:
        return None
    if last_day < first_day:
        row.fault("last_day", f"{last_day} is before the first day, {first_day}")
        return None
    zone = ZoneInfo(time_zone)
    return midnight(first_day, zone), midnight(last_day + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) at which a day begins in a zone."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
