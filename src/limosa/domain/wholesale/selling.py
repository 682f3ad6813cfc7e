"""What a listed plan would sell for by the rules, and which codes renew an eSIM of it."""

from dataclasses import dataclass
from datetime import date

from limosa.domain.connectivity.answers import PlanUse
from limosa.domain.wholesale.engine.pricing import Fee
from limosa.domain.wholesale.models import ListedPlan
from limosa.domain.wholesale.pricing_pass import wanted_prices
from limosa.domain.wholesale.terms import StandingTerms
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Selling:
    """Prices in minor units, by currency; and why there is none in others, as the rules say."""

    prices: dict[str, int]
    unpriced: tuple[str, ...]


def prices_of(
    plan: ListedPlan, *, renewal: ListedPlan | None, fee: Fee, tax_basis_points: int, today: date
) -> Selling:
    """Return what a plan sells for by the rules. A renewal that is dearer counts."""
    cost: Money = plan.cost
    if renewal and renewal.cost_currency == cost.currency:
        cost = max(cost, renewal.cost, key=lambda money: money.amount_minor)
    prices, _, unpriced = wanted_prices(
        cost,
        supplier=plan.supplier,
        countries=plan.countries,
        volume_bytes=plan.volume_bytes,
        terms=StandingTerms.now(fee=fee, tax_basis_points=tax_basis_points, today=today),
    )
    return Selling(prices, unpriced)


def renewals_of(plan: ListedPlan) -> list[ListedPlan]:
    """Return the plans in the list in force that renew an eSIM of this one, the likeliest first:
    itself, where it serves for both, then those of the same volume and days."""
    rows = ListedPlan.objects.filter(
        supplier=plan.supplier, code__in=plan.renewed_by, until__isnull=True
    ).exclude(code=plan.code)
    others = sorted(
        rows,
        key=lambda row: (
            (row.volume_bytes, row.days) != (plan.volume_bytes, plan.days),
            row.cost_minor,
            row.code,
        ),
    )
    is_itself = plan.use == PlanUse.EITHER and plan.is_renewable is not False
    return [plan, *others] if is_itself else others
