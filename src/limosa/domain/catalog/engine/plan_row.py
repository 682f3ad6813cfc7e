"""One plan of a catalogue file: its kind decides which fields it needs."""

from dataclasses import dataclass
from functools import partial

from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.sources import Source, read_sources
from limosa.domain.catalog.engine.units import (
    read_code,
    read_country,
    read_days,
    read_name,
    read_plan_code,
    read_price,
    read_speed,
    read_validity,
    read_volume,
)
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.languages import LANGUAGES
from limosa.foundation.period import Validity

VOLUME = "volume"
UNLIMITED = "unlimited"
TOP_UP = "top_up"
KINDS = (VOLUME, UNLIMITED, TOP_UP)

PURCHASE = "purchase"
FIRST_USE = "first_use"
VALID_FROM = (PURCHASE, FIRST_USE)
FIRST_USE_WITHIN_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan as written in the file. Codes may be empty only if the file has errors.

    `supplier`: the first of its sources. No sources: that supplier knows the plan by our code, for
    new eSIMs and for renewals.
    """

    code: str
    supplier: str
    carrier: str
    kind: str
    name: dict[str, str]
    volume_bytes: int | None
    fair_use_bytes: int | None
    fair_use_kbps: int | None
    validity: Validity | None
    valid_from: str
    first_use_within_days: int
    countries: list[str]
    prices_minor: dict[str, int]
    sources: tuple[Source, ...] = ()


def read_plan(row: Row) -> PlanRow:
    """Return the plan; errors are added to the row's list."""
    kind = row.read("kind", partial(_one_of, KINDS), hint=f"write one of {', '.join(KINDS)}")
    fair_use_bytes, fair_use_kbps = _read_fair_use(row, kind)
    validity, valid_from, within_days = _read_validity(row, kind)
    sources = read_sources(row)
    plan = PlanRow(
        code=row.read("code", read_plan_code) or "",
        supplier=_read_supplier(row, sources),
        carrier=row.read("carrier", read_code) or "",
        kind=kind or "",
        name=read_names(row),
        volume_bytes=_read_volume(row, kind),
        fair_use_bytes=fair_use_bytes,
        fair_use_kbps=fair_use_kbps,
        validity=validity,
        valid_from=valid_from,
        first_use_within_days=within_days,
        countries=_read_countries(row),
        prices_minor=_read_prices(row),
        sources=sources,
    )
    row.close()
    return plan


def read_names(row: Row) -> dict[str, str]:
    """Return the name in each language; none may be missing."""
    names = row.row("name")
    if names is None:
        return {}
    found = {
        language.code: names.read(
            language.code, read_name, hint="each name is needed in every language"
        )
        for language in LANGUAGES
    }
    names.close()
    return {language: name for language, name in found.items() if name}


def _one_of(choices: tuple[str, ...], text: str) -> str:
    if text not in choices:
        raise UnreadableTextError(f'"{text}" is not known; write one of {", ".join(choices)}')
    return text


def _read_supplier(row: Row, sources: tuple[Source, ...]) -> str:
    if not sources:
        return row.read("supplier", read_code) or ""
    supplier = row.read_if_given("supplier", read_code)
    if supplier and supplier != sources[0].supplier:
        row.fault("supplier", f'"{supplier}" is not the first of the sources; leave it out')
    return sources[0].supplier


def _read_volume(row: Row, kind: str | None) -> int | None:
    if kind == UNLIMITED:
        row.refuse("volume", "an unlimited plan has no volume; its full speed is in fair_use")
        return None
    return row.read("volume", read_volume, hint='write a number and its unit, as "20 GB"')


def _read_fair_use(row: Row, kind: str | None) -> tuple[int | None, int | None]:
    if kind != UNLIMITED:
        row.refuse("fair_use", "only an unlimited plan has a fair-use rule")
        return None, None
    rule = row.row("fair_use")
    if rule is None:
        return None, None
    full_speed = rule.read("full_speed", read_volume, hint='write a volume, as "50 GB"')
    then = rule.read("then", read_speed, hint='write a speed, as "1 Mbps"')
    rule.close()
    return full_speed, then


def _read_validity(row: Row, kind: str | None) -> tuple[Validity | None, str, int]:
    if kind == TOP_UP:
        for name in ("validity", "valid_from", "first_use_within"):
            row.refuse(name, "a top-up has none; it ends with the bundle that it joins")
        return None, PURCHASE, FIRST_USE_WITHIN_DAYS
    validity = row.read("validity", read_validity, hint='write it as "1 month" or "7 days"')
    valid_from = row.read_if_given("valid_from", partial(_one_of, VALID_FROM)) or PURCHASE
    if valid_from != FIRST_USE:
        row.refuse("first_use_within", f"only goes with valid_from: {FIRST_USE}")
    within = row.read_if_given("first_use_within", read_days) or FIRST_USE_WITHIN_DAYS
    return validity, valid_from, within


def _read_countries(row: Row) -> list[str]:
    if not row.has("countries"):
        row.fault("countries", "is missing; list the countries that are covered, as [US, PR]")
    countries = row.texts("countries", read_country)
    for country in sorted({country for country in countries if countries.count(country) > 1}):
        row.fault("countries", f'"{country}" is listed twice')
    return countries


def _read_prices(row: Row) -> dict[str, int]:
    prices = row.row("prices")
    if prices is None:
        return {}
    found: dict[str, int] = {}
    for currency in prices.names():
        if currency in CURRENCIES:
            amount = prices.read(currency, partial(read_price, currency=currency))
            found |= {currency: amount} if amount else {}
        else:
            prices.has(currency)
            prices.fault(currency, "is not a currency; write three letters of ISO 4217, as USD")
    if not prices.names():
        row.fault("prices", "names no price; a plan needs at least one")
    return found
