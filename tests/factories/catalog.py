"""Suppliers, carriers, plans with prices, exchange rates."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from limosa.domain.catalog.models import Carrier, ExchangeRate, Plan, PlanKind, Price, Supplier
from limosa.foundation.volume import GB
from tests.factories import MOMENT

_numbers = count(1)


def make_supplier(code: str = "own_network", **fields: Any) -> Supplier:
    """Return the supplier of this code; a new one only where it is not there."""
    fields.setdefault("name", code)
    return Supplier.objects.update_or_create(code=code, defaults=fields)[0]


def make_carrier(code: str = "t-mobile", **fields: Any) -> Carrier:
    """Return the carrier of this code; a new one only where it is not there."""
    fields.setdefault("name", code)
    return Carrier.objects.update_or_create(code=code, defaults=fields)[0]


def make_plan(*, prices: dict[str, int] | None = None, **fields: Any) -> Plan:
    """Return a plan on sale: 20 GB for a month at 25.00 USD and 179.00 CNY.

    prices: {currency: minor units}; empty for a plan that has no price.
    """
    number = next(_numbers)
    kind = fields.setdefault("kind", PlanKind.VOLUME)
    fields.setdefault("code", f"plan-{number}")
    fields.setdefault("name", {"en": fields["code"]})
    fields.setdefault("countries", ["US"])
    fields.setdefault("position", number)
    if kind == PlanKind.UNLIMITED:
        fields.setdefault("fair_use_bytes", 50 * GB)
        fields.setdefault("fair_use_kbps", 1000)
    else:
        fields.setdefault("volume_bytes", 20 * GB)
    if kind != PlanKind.TOP_UP:
        fields.setdefault("validity_count", 1)
        fields.setdefault("validity_unit", "month")
    if "supplier" not in fields:
        fields["supplier"] = make_supplier()
    if "carrier" not in fields:
        fields["carrier"] = make_carrier()
    plan = Plan.objects.create(**fields)
    for currency, amount_minor in (
        {"USD": 2500, "CNY": 17900} if prices is None else prices
    ).items():
        Price.objects.create(plan=plan, currency=currency, amount_minor=amount_minor)
    return plan


def make_rates(day: date | None = None, **per_euro: str) -> None:
    """Store a day's rates as units per euro, by currency; USD and CNY unless told otherwise."""
    for currency, rate in (per_euro or {"USD": "1.1172", "CNY": "7.9819"}).items():
        ExchangeRate.objects.create(
            currency=currency, day=day or MOMENT.date(), per_euro=Decimal(rate), source="ECB"
        )
