"""Plans as suppliers list them, sheets, rules and endings."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from limosa.domain.connectivity.answers import PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import (
    PriceEnding,
    PriceProposal,
    PriceSheet,
    PricingRule,
)
from limosa.domain.wholesale.storing import store_list
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan

SUPPLIER = "wholesale"
LISTED = SupplierPlan(
    code="us-5gb",
    name="USA 5 GB",
    use=PlanUse.EITHER,
    cost=Money(500, "USD"),
    volume_bytes=5 * GB,
    days=30,
    countries=("US",),
)


def listed(code: str = "us-5gb", *, cost: int = 500, **fields: Any) -> SupplierPlan:
    """Return a plan in a supplier's list: 5 GB in the US for 30 days, unless told otherwise.

    cost: in minor units of `currency`, US dollars unless told otherwise.
    """
    money = Money(cost, fields.pop("currency", "USD"))
    return replace(LISTED, code=code, cost=money, **fields)


def make_sheet(
    *plans: SupplierPlan, supplier: str = SUPPLIER, now: datetime = MOMENT
) -> PriceSheet:
    """Return a whole sheet of a supplier, compared with its last."""
    sheet = PriceSheet.objects.create(
        supplier=supplier, state=SheetState.FETCHING, asked_at=now, touched_at=now
    )
    return store_list(sheet, {plan.code: plan for plan in plans}, now=now)


def make_rule(code: str = "all", **fields: Any) -> PricingRule:
    """Return a rule that covers every plan: 40 % and at least a dollar."""
    defaults = {
        "position": PricingRule.objects.count(),
        "margin_basis_points": 4000,
        "least_margin_minor": 100,
    }
    return PricingRule.objects.create(code=code, **(defaults | fields))


def make_ending(currency: str = "USD", *, step: int = 100, ending: int = 99) -> PriceEnding:
    """Return how prices in a currency end: on .99 unless told otherwise."""
    return PriceEnding.objects.create(currency=currency, step_minor=step, ending_minor=ending)


def make_price_proposal(**fields: Any) -> PriceProposal:
    """Return an open proposal: the price of a plan from 25.00 to 26.00 US dollars."""
    if "plan" not in fields:
        fields["plan"] = make_plan()
    defaults = {
        "kind": "price",
        "supplier": SUPPLIER,
        "prices_before": {"USD": 2500},
        "prices_after": {"USD": 2600},
        "made_at": MOMENT,
    }
    return PriceProposal.objects.create(**(defaults | fields))
