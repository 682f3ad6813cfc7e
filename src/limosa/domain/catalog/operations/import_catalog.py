"""Take in a catalogue file."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

from limosa.domain.catalog.engine.catalog_file import (
    CatalogFile,
    KnownCodes,
    NamedRow,
    read_catalog,
)
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.domain.catalog.models import Carrier, CatalogImport, Plan, Price, Supplier

Named = TypeVar("Named", Supplier, Carrier)

_PLANS_PER_STATEMENT = 500
_PLAN_FIELDS = [
    "supplier",
    "carrier",
    "kind",
    "name",
    "volume_bytes",
    "fair_use_bytes",
    "fair_use_kbps",
    "validity_count",
    "validity_unit",
    "valid_from",
    "first_use_within_days",
    "countries",
    "on_sale",
    "position",
]


def import_catalog(
    *, path: Path, now: datetime, progress: Callable[[int, int], None] | None = None
) -> CatalogImport:
    """Make the catalogue what the file says, and return the record of it.

    Plans that are not in the file are taken off sale; nothing is ever deleted but the prices
    of a currency that the file no longer names. The newest import's very file again is a no-op
    that returns that import. `progress` is told (plans stored, plans in all).

    Locks:  the table of imports until the end: one import at a time. Readers are not held up.
    Raises: CatalogFaultsError with every fault of the file; nothing changed. OSError.
    """
    raw = path.read_bytes()
    digest = sha256(raw).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE catalog_catalogimport IN SHARE ROW EXCLUSIVE MODE")
        newest = CatalogImport.objects.order_by("-id").first()
        if newest is not None and newest.sha256 == digest:
            return newest
        catalog = read_catalog(raw, file=path.name, known=_known_codes())
        _store(catalog, progress)
        return CatalogImport.objects.create(
            file_name=path.name[-255:],
            version=catalog.version,
            sha256=digest,
            plan_count=len(catalog.plans),
            imported_at=now,
        )


def _known_codes() -> KnownCodes:
    return KnownCodes(
        suppliers=frozenset(Supplier.objects.values_list("code", flat=True)),
        carriers=frozenset(Carrier.objects.values_list("code", flat=True)),
        adapters=frozenset(settings.SUPPLIER_ADAPTERS),
    )


def _store(catalog: CatalogFile, progress: Callable[[int, int], None] | None) -> None:
    _store_named(Supplier, catalog.suppliers)
    _store_named(Carrier, catalog.carriers)
    for first in range(0, len(catalog.plans), _PLANS_PER_STATEMENT):
        rows = catalog.plans[first : first + _PLANS_PER_STATEMENT]
        _store_plans(rows, first_position=first)
        if progress:
            progress(first + len(rows), len(catalog.plans))
    codes = [plan.code for plan in catalog.plans]
    Plan.objects.filter(on_sale=True).exclude(code__in=codes).update(on_sale=False)


def _store_named(model: type[Named], rows: list[NamedRow]) -> None:
    model.objects.bulk_create(
        [model(code=row.code, name=row.name) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name"],
    )


def _store_plans(rows: list[PlanRow], *, first_position: int) -> None:
    Plan.objects.bulk_create(
        [_plan(row, position) for position, row in enumerate(rows, start=first_position)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_PLAN_FIELDS,
    )
    prices = [
        Price(plan_id=row.code, currency=currency, amount_minor=amount_minor)
        for row in rows
        for currency, amount_minor in row.prices_minor.items()
    ]
    Price.objects.bulk_create(
        prices,
        update_conflicts=True,
        unique_fields=["plan", "currency"],
        update_fields=["amount_minor"],
    )
    named = {(price.plan_id, price.currency) for price in prices}
    Price.objects.filter(
        id__in=[
            price_id
            for price_id, plan_id, currency in Price.objects.filter(
                plan_id__in=[row.code for row in rows]
            ).values_list("id", "plan_id", "currency")
            if (plan_id, currency) not in named
        ]
    ).delete()


def _plan(row: PlanRow, position: int) -> Plan:
    return Plan(
        code=row.code,
        supplier_id=row.supplier,
        carrier_id=row.carrier,
        kind=row.kind,
        name=row.name,
        volume_bytes=row.volume_bytes,
        fair_use_bytes=row.fair_use_bytes,
        fair_use_kbps=row.fair_use_kbps,
        validity_count=row.validity.count if row.validity else None,
        validity_unit=row.validity.unit if row.validity else "",
        valid_from=row.valid_from,
        first_use_within_days=row.first_use_within_days,
        countries=row.countries,
        position=position,
    )
