"""The whole of `limosa seed`: the catalogue if there is none, then people by COPY."""

import json
from datetime import datetime

from django.conf import settings

from limosa.config.demo_data import load_reference
from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import PlanKind, Price
from limosa.domain.ordering.models import TaxRate
from limosa.foundation.money import tax_included
from limosa_lab.seeding.bulk_load import Report, TablesNotEmptyError, load_tables
from limosa_lab.seeding.facts import CURRENCY, Size, SoldPlan, World
from limosa_lab.seeding.tables import tables


class NoMonthlyPlanError(Exception):
    """The catalogue has no plan that the people could have bought."""


def seed(size: Size, *, now: datetime, report: Report) -> None:
    """Fill the database.

    Raises: TablesNotEmptyError, NoMonthlyPlanError; no people were added.
    """
    if Subscriber.objects.exists():
        raise TablesNotEmptyError("accounts_subscriber")
    load_reference(now=now)
    plans = _monthly_plans()
    if not plans:
        raise NoMonthlyPlanError
    load_tables(tables(World(size, plans, now)), report=report)


def _monthly_plans() -> list[SoldPlan]:
    tax = TaxRate.objects.filter(place=settings.PLACE_OF_SUPPLY).first()
    rate_basis_points = tax.rate_basis_points if tax else 0
    prices = Price.objects.filter(
        currency=CURRENCY,
        plan__on_sale=True,
        plan__kind=PlanKind.VOLUME,
        plan__validity_count=1,
        plan__validity_unit="month",
    )
    return [
        SoldPlan(
            code=price.plan_id,
            name_json=json.dumps(price.plan.name, ensure_ascii=False).replace("\\", "\\\\"),
            carrier=price.plan.carrier_id,
            supplier=price.plan.supplier_id,
            volume_bytes=price.plan.volume_bytes or 0,
            price_minor=price.amount_minor,
            tax_minor=tax_included(price.amount_minor, rate_basis_points=rate_basis_points),
        )
        for price in prices.select_related("plan").order_by("plan__position")
    ]
