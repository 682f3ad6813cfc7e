"""Add one plan, outside a catalogue file."""

from django.db import transaction
from django.db.models import Max

from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.domain.catalog.models import Plan, PlanSource, Price, Supplier
from limosa.domain.catalog.refusals import PlanCodeTakenError


@transaction.atomic
def add_plan(*, row: PlanRow) -> Plan:
    """Return the new plan, on sale, behind all others. Its supplier is added if need be.

    The next catalogue file that does not contain it takes it off sale.
    Raises: PlanCodeTakenError; nothing changed.
    Locks:  none but the new rows.
    """
    Supplier.objects.get_or_create(code=row.supplier, defaults={"name": row.supplier})
    last = Plan.objects.aggregate(last=Max("position"))["last"]
    plan, is_new = Plan.objects.get_or_create(
        code=row.code,
        defaults={
            "supplier_id": row.supplier,
            "carrier_id": row.carrier,
            "kind": row.kind,
            "name": row.name,
            "volume_bytes": row.volume_bytes,
            "fair_use_bytes": row.fair_use_bytes,
            "fair_use_kbps": row.fair_use_kbps,
            "validity_count": row.validity.count if row.validity else None,
            "validity_unit": row.validity.unit if row.validity else "",
            "valid_from": row.valid_from,
            "first_use_within_days": row.first_use_within_days,
            "countries": row.countries,
            "position": 0 if last is None else last + 1,
        },
    )
    if not is_new:
        raise PlanCodeTakenError
    Price.objects.bulk_create(
        [
            Price(plan=plan, currency=currency, amount_minor=amount_minor)
            for currency, amount_minor in row.prices_minor.items()
        ]
    )
    PlanSource.objects.bulk_create(
        [
            PlanSource(
                plan=plan,
                supplier_id=source.supplier,
                position=position,
                code=source.code,
                renewal_code=source.renewal_code,
                cost_minor=source.cost.amount_minor if source.cost else None,
                cost_currency=source.cost.currency if source.cost else "",
            )
            for position, source in enumerate(row.sources)
        ]
    )
    return plan
