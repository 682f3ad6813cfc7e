"""Writes a catalogue as a file: what read_catalog reads."""

from decimal import Decimal
from typing import Any

import yaml

from limosa.domain.catalog.engine.catalog_file import FORMAT, CatalogFile, NamedRow
from limosa.domain.catalog.engine.plan_row import FIRST_USE, PlanRow
from limosa.domain.catalog.engine.sources import Source
from limosa.foundation.money import Money
from limosa.foundation.volume import GB, MB

_MEGABYTES_END = 10**9  # A file's numbers have nine digits before the point.


def written(catalog: CatalogFile) -> str:
    """Return the file's text in YAML; reading it returns the same catalogue."""
    document = {
        "format": FORMAT,
        "version": catalog.version,
        "suppliers": [_named(row) for row in catalog.suppliers],
        "carriers": [_named(row) for row in catalog.carriers],
        "plans": [_plan(row) for row in catalog.plans],
    }
    text: str = yaml.safe_dump(
        document, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )
    return text


def volume_text(volume_bytes: int) -> str:
    """Return a volume exactly, as read_volume reads it."""
    if volume_bytes % GB and not volume_bytes % MB and volume_bytes // MB < _MEGABYTES_END:
        return f"{volume_bytes // MB} MB"
    exact = format(Decimal(volume_bytes) / GB, "f")
    return f"{exact.rstrip('0').rstrip('.') if '.' in exact else exact} GB"


def _named(row: NamedRow) -> dict[str, str]:
    return {"code": row.code, "name": row.name} | ({"apn": row.apn} if row.apn else {})


def _plan(row: PlanRow) -> dict[str, Any]:
    bought: dict[str, Any] = {"supplier": row.supplier}
    if row.sources:
        bought = {"sources": [_source(one) for one in row.sources]}
    plan = {"code": row.code, **bought, "carrier": row.carrier, "kind": row.kind, "name": row.name}
    if row.volume_bytes is not None:
        plan["volume"] = volume_text(row.volume_bytes)
    if row.fair_use_bytes is not None:
        speed = f"{row.fair_use_kbps} kbps"
        plan["fair_use"] = {"full_speed": volume_text(row.fair_use_bytes), "then": speed}
    if row.validity is not None:
        plan |= {"validity": str(row.validity), "valid_from": row.valid_from}
    if row.valid_from == FIRST_USE:
        plan["first_use_within"] = f"{row.first_use_within_days} days"
    return plan | {
        "countries": list(row.countries),
        "prices": {
            currency: str(Money(minor, currency).to_decimal())
            for currency, minor in row.prices_minor.items()
        },
    }


def _source(source: Source) -> dict[str, str]:
    cost = f"{source.cost.to_decimal()} {source.cost.currency}" if source.cost else ""
    fields = {
        "supplier": source.supplier,
        "code": source.code,
        "renewal_code": source.renewal_code,
        "cost": cost,
        "day_zone": source.day_zone,
        "exit_country": source.exit_country,
    }
    return {name: text for name, text in fields.items() if text}
