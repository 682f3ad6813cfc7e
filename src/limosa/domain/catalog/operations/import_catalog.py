"""Import a catalogue file."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.catalog.engine.catalog_file import NamedRow
from limosa.domain.catalog.engine.changes import CatalogChanges, ConsentNeededError
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.domain.catalog.holding import hold_catalog
from limosa.domain.catalog.incoming import Incoming, read_incoming
from limosa.domain.catalog.models import Carrier, CatalogImport, Plan, PlanSource, Price, Supplier

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


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The import of a file, and what it changed; `is_new`: False if it was already in use."""

    record: CatalogImport
    changes: CatalogChanges
    is_new: bool


def import_catalog(
    *,
    path: Path,
    agreed: CatalogChanges | None = None,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> TakenIn:
    """Make the catalogue match the file, and return the import record and its changes.

    Plans that are not in the file are taken off sale; nothing is ever deleted except prices in a
    currency that a plan no longer lists. Importing the latest file again is a no-op that returns
    its import. What a supplier's price list has said of a cost stays, whatever the file says.
    `agreed`: the exact changes that somebody has seen and approved; None: only changes
    that are not startling. `progress` is called with (plans stored, plans in total).

    Locks:  the table of imports until the end, against other imports and passes over prices; then
            the plans' rows. Readers are not blocked.
    Raises: CatalogFaultsError with every error in the file; EditionRefusedError; ConsentNeededError
            if the changes are not those agreed to or, without `agreed`, startling. Nothing changed.
            OSError.
    """
    with transaction.atomic():
        hold_catalog()
        incoming = read_incoming(path=path, now=now)
        if incoming.in_use is not None:
            return TakenIn(incoming.in_use, incoming.changes, is_new=False)
        if incoming.changes != agreed and (agreed is not None or incoming.changes.startling):
            raise ConsentNeededError(incoming.changes)
        _store(incoming, progress, now)
        record = CatalogImport.objects.create(
            file_name=path.name[-255:],
            version=incoming.catalog.version,
            sha256=incoming.sha256,
            plan_count=len(incoming.catalog.plans),
            imported_at=now,
        )
        return TakenIn(record, incoming.changes, is_new=True)


def _store(incoming: Incoming, progress: Callable[[int, int], None] | None, now: datetime) -> None:
    catalog = incoming.catalog
    codes = [plan.code for plan in catalog.plans]
    Plan.objects.filter(on_sale=False, code__in=codes).update(back_on_sale_at=now)
    _store_suppliers(catalog.suppliers)
    _store_carriers(catalog.carriers)
    for first in range(0, len(catalog.plans), _PLANS_PER_STATEMENT):
        rows = catalog.plans[first : first + _PLANS_PER_STATEMENT]
        _store_plans(rows, first_position=first, listed=incoming.listed)
        if progress:
            progress(first + len(rows), len(catalog.plans))
    Plan.objects.filter(on_sale=True).exclude(code__in=codes).update(on_sale=False)


def _store_suppliers(rows: list[NamedRow]) -> None:
    Supplier.objects.bulk_create(
        [Supplier(code=row.code, name=row.name) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name"],
    )


def _store_carriers(rows: list[NamedRow]) -> None:
    Carrier.objects.bulk_create(
        [Carrier(code=row.code, name=row.name, apn=row.apn) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "apn"],
    )


def _store_plans(
    rows: list[PlanRow], *, first_position: int, listed: Container[tuple[str, str]]
) -> None:
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
    _store_sources(rows, listed)
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


def _store_sources(rows: list[PlanRow], listed: Container[tuple[str, str]]) -> None:
    """Replace the sources of these plans; nothing refers to them."""
    PlanSource.objects.filter(plan_id__in=[row.code for row in rows]).delete()
    PlanSource.objects.bulk_create(
        [
            PlanSource(
                plan_id=row.code,
                supplier_id=source.supplier,
                position=position,
                code=source.code,
                renewal_code=source.renewal_code,
                cost_minor=source.cost.amount_minor if source.cost else None,
                cost_currency=source.cost.currency if source.cost else "",
                cost_is_listed=(row.code, source.supplier) in listed,
                day_zone=source.day_zone,
                exit_country=source.exit_country,
            )
            for row in rows
            for position, source in enumerate(row.sources)
        ]
    )


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
