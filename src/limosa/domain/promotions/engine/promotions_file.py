"""The file of promotions, described in docs/reference/catalogue-file.md."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
    read_time_zone,
    read_volume,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRow:
    """A promotion as written in the file: either percent off or bonus bytes, the other is 0."""

    code: str
    name: dict[str, str]
    percent_off: int
    bonus_bytes: int
    plan_codes: list[str]
    starts_at: datetime
    ends_at: datetime


def read_promotions(raw: bytes, *, file: str, known_plans: frozenset[str]) -> list[PromotionRow]:
    """Return the file's promotions. Raises CatalogFaultsError with every error in the file."""
    faults = FaultList(file)
    document = Row(from_yaml(decode(raw, faults=faults), faults=faults), faults=faults)
    said = document.read("format", str, hint=f"this program reads format {FORMAT}")
    if said is not None and said != FORMAT:
        document.fault("format", f'"{said}" is not known; this program reads format {FORMAT}')
    promotions: list[PromotionRow] = []
    lines: dict[str, int] = {}
    for row in document.rows("promotions"):
        promotion = _read_promotion(row, known_plans)
        if promotion and promotion.code in lines:
            first = lines[promotion.code]
            row.fault("code", f'"{promotion.code}" already stands in line {first}')
        elif promotion:
            lines[promotion.code] = row.line
            promotions.append(promotion)
    document.close()
    faults.check()
    return promotions


def _read_promotion(row: Row, known_plans: frozenset[str]) -> PromotionRow | None:
    def read_plan_code(text: str) -> str:
        if text not in known_plans:
            raise UnreadableTextError(f'"{text}" is not a plan of the catalogue')
        return text

    code = row.read("code", read_code)
    names = read_names(row)
    percent_off, bonus_bytes = _read_gift(row)
    plan_codes = row.texts("plans", read_plan_code)
    times = _read_times(row)
    row.close()
    if code is None or times is None:
        return None
    return PromotionRow(
        code=code,
        name=names,
        percent_off=percent_off,
        bonus_bytes=bonus_bytes,
        plan_codes=plan_codes,
        starts_at=times[0],
        ends_at=times[1],
    )


def _read_gift(row: Row) -> tuple[int, int]:
    percent_off = row.read_if_given("percent_off", read_percent_off)
    bonus_bytes = row.read_if_given("bonus", read_volume)
    if row.has("percent_off") == row.has("bonus"):
        row.fault("percent_off", 'give either percent_off, as 10, or bonus, as "10 GB"')
    return percent_off or 0, bonus_bytes or 0


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
    return _midnight(first_day, zone), _midnight(last_day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
