"""A catalogue file next to the catalogue in use: its content, and what it would change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from limosa.domain.catalog.engine.catalog_file import (
    CatalogFile,
    KnownCodes,
    NamedRow,
    read_catalog,
)
from limosa.domain.catalog.engine.changes import CatalogChanges, changes_between
from limosa.domain.catalog.engine.editions import check_follows, next_edition
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.domain.catalog.models import Carrier, CatalogImport, Plan, PlanSource, Supplier
from limosa.domain.catalog.sources import stored_source
from limosa.foundation.money import Money

Named = TypeVar("Named", Supplier, Carrier)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file without errors. `in_use`: the import of this very file, if it is the latest.

    `catalog`: with the costs of suppliers' lists in place of those of the file; `listed`: sources
    with such a cost, as (plan, supplier); `other_costs`: a line for each that differs.
    """

    sha256: str
    catalog: CatalogFile
    changes: CatalogChanges
    in_use: CatalogImport | None
    listed: frozenset[tuple[str, str]] = frozenset()
    other_costs: list[str] = field(default_factory=list)


def read_incoming(*, path: Path, now: datetime) -> Incoming:
    """Return a file's content and what it would change now; nothing is changed.

    The file already in use is not compared: it changes nothing.
    Raises: CatalogFaultsError with every error in the file; EditionRefusedError for an older
            edition, or different content under the version in use. OSError.
    """
    raw = path.read_bytes()
    digest = sha256(raw).hexdigest()
    catalog = read_catalog(raw, file=path.name, known=_known_codes())
    newest = CatalogImport.objects.order_by("-id").first()
    if newest is not None and newest.sha256 == digest:
        return Incoming(digest, catalog, CatalogChanges(), newest)
    check_follows(catalog.version, in_use=newest.version if newest else None, today=now.date())
    known = _listed_costs()
    other_costs: list[str] = []
    plans = [_with_listed(row, known, other_costs) for row in catalog.plans]
    kept = {
        (row.code, one.supplier)
        for row in plans
        for one in row.sources
        if (row.code, one.supplier, one.code) in known
    }
    catalog = replace(catalog, plans=plans)
    return Incoming(digest, catalog, _changes(catalog), None, frozenset(kept), other_costs)


def catalog_in_use(*, now: datetime) -> CatalogFile:
    """Return what is on sale, as the edition after the one in use: a file of it changes nothing.

    Suppliers and carriers are those that the plans name.
    """
    rows = Plan.objects.filter(on_sale=True).order_by("position", "code")
    plans = [_row(plan) for plan in rows.prefetch_related("prices", "sources")]
    newest = CatalogImport.objects.order_by("-id").first()
    suppliers = {one.supplier for row in plans for one in row.sources}
    suppliers |= {row.supplier for row in plans}
    carriers = {row.carrier for row in plans}
    return CatalogFile(
        version=next_edition(in_use=newest.version if newest else None, today=now.date()),
        suppliers=[
            NamedRow(row.code, row.name)
            for row in Supplier.objects.filter(code__in=suppliers).order_by("code")
        ],
        carriers=[
            NamedRow(row.code, row.name, row.apn)
            for row in Carrier.objects.filter(code__in=carriers).order_by("code")
        ],
        plans=plans,
    )


def _listed_costs() -> dict[tuple[str, str, str], Money]:
    """Return the costs that suppliers' lists have said, by plan, supplier and its code."""
    rows = PlanSource.objects.filter(cost_is_listed=True, cost_minor__isnull=False)
    return {
        (plan, supplier, code): Money(minor or 0, currency)
        for plan, supplier, code, minor, currency in rows.values_list(
            "plan", "supplier", "code", "cost_minor", "cost_currency"
        )
    }


def _with_listed(
    row: PlanRow, known: Mapping[tuple[str, str, str], Money], other_costs: list[str]
) -> PlanRow:
    """Return a plan with the costs that suppliers' lists have said: a list is newer knowledge than
    a file."""
    sources = []
    for source in row.sources:
        cost = known.get((row.code, source.supplier, source.code))
        if cost and source.cost and source.cost != cost:
            other_costs.append(
                f"{row.code}: {source.supplier} charges {cost.to_decimal()} {cost.currency} by its "
                f"price list, which counts; the file says {source.cost.to_decimal()} "
                f"{source.cost.currency}"
            )
        sources.append(replace(source, cost=cost) if cost else source)
    return replace(row, sources=tuple(sources))


def _known_codes() -> KnownCodes:
    return KnownCodes(
        suppliers=frozenset(Supplier.objects.values_list("code", flat=True)),
        carriers=frozenset(Carrier.objects.values_list("code", flat=True)),
        adapters=frozenset(settings.SUPPLIER_ADAPTERS),
    )


def _changes(catalog: CatalogFile) -> CatalogChanges:
    plans = list(Plan.objects.order_by("position", "code").prefetch_related("prices", "sources"))
    changes = changes_between(
        {plan.code: _row(plan) for plan in plans},
        on_sale=[plan.code for plan in plans if plan.on_sale],
        rows=catalog.plans,
    )
    named = (
        *_renamed("supplier", Supplier, catalog.suppliers),
        *_renamed("carrier", Carrier, catalog.carriers),
        *_other_apns(catalog.carriers),
    )
    return replace(changes, named=named)


def _renamed(kind: str, model: type[Named], rows: list[NamedRow]) -> Iterator[str]:
    names = dict(model.objects.values_list("code", "name"))
    for row in rows:
        if row.code in names and names[row.code] != row.name:
            yield f"{kind} {row.code}: {names[row.code]} → {row.name}"


def _other_apns(rows: list[NamedRow]) -> Iterator[str]:
    apns = dict(Carrier.objects.values_list("code", "apn"))
    for row in rows:
        if row.code in apns and apns[row.code] != row.apn:
            yield f"carrier {row.code} apn: {apns[row.code] or '-'} → {row.apn or '-'}"


def _row(plan: Plan) -> PlanRow:
    return PlanRow(
        code=plan.code,
        supplier=plan.supplier_id,
        carrier=plan.carrier_id,
        kind=plan.kind,
        name=plan.name,
        volume_bytes=plan.volume_bytes,
        fair_use_bytes=plan.fair_use_bytes,
        fair_use_kbps=plan.fair_use_kbps,
        validity=plan.validity,
        valid_from=plan.valid_from,
        first_use_within_days=plan.first_use_within_days,
        countries=plan.countries,
        sources=tuple(stored_source(source) for source in plan.sources.all()),
        prices_minor={price.currency: price.amount_minor for price in plan.prices.all()},
    )
