"""Where a plan is bought, and what the suppliers' lists say of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import ListedPlan, PriceSheet
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Buying:
    """How a plan is bought from one supplier. `source` None: it is known there by our own code.

    `cost`: of a new eSIM or of a renewal, whichever is dearer, since one price is for both; None:
    not known. `listed`: what its list says of a new eSIM. `is_listed` None: the supplier has given
    no list.
    """

    supplier: str
    source: PlanSource | None
    cost: Money | None
    listed: Money | None
    is_listed: bool | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the lists in force say: costs by (supplier, code), and who has given a list."""

    costs: dict[tuple[str, str], Money]
    suppliers: frozenset[str]


def suppliers_with_a_list() -> frozenset[str]:
    """Return the suppliers of which there is a whole sheet."""
    rows = PriceSheet.objects.filter(state=SheetState.WHOLE).order_by("supplier")
    return frozenset(rows.values_list("supplier", flat=True).distinct())


def listing_of(plans: Iterable[Plan], *, suppliers: frozenset[str]) -> Listing:
    """Return what the lists say of some plans, which come with their sources. One statement."""
    wanted = {
        (supplier, code)
        for plan in plans
        for supplier, *codes in _names(plan)
        for code in codes
        if code
    }
    rows = ListedPlan.objects.filter(
        until__isnull=True,
        supplier__in=sorted({supplier for supplier, _ in wanted}),
        code__in=sorted({code for _, code in wanted}),
    )
    return Listing(
        costs={
            (supplier, code): Money(minor, currency)
            for supplier, code, minor, currency in rows.values_list(
                "supplier", "code", "cost_minor", "cost_currency"
            )
        },
        suppliers=suppliers,
    )


def is_listed_anew(plan: Plan, *, since: datetime | None) -> bool:
    """Whether a list that was asked for after this time brought the plan, or changed it: since
    then, its supplier means to sell it. One statement for each supplier."""
    return since is not None and any(
        ListedPlan.objects.filter(
            supplier=supplier, code__in=codes, until__isnull=True, since__asked_at__gt=since
        ).exists()
        for supplier, *codes in _names(plan)
    )


def buyings_of(plan: Plan, listing: Listing) -> list[Buying]:
    """Return how a plan is bought, in order of preference."""
    sources: Sequence[PlanSource | None] = list(plan.sources.all()) or [None]
    return [
        _buying(source, names, listing) for source, names in zip(sources, _names(plan), strict=True)
    ]


def that_may_be_asked(buyings: Sequence[Buying]) -> list[Buying]:
    """Return those that are not known to be gone; none: no supplier lists the plan any more."""
    return [one for one in buyings if one.is_listed is not False]


def _names(plan: Plan) -> list[tuple[str, str, str]]:
    """Return supplier, code and renewal code of each source."""
    sources = [(one.supplier_id, one.code, one.renewal_code) for one in plan.sources.all()]
    return sources or [(plan.supplier_id, plan.code, plan.code)]


def _buying(source: PlanSource | None, names: tuple[str, str, str], listing: Listing) -> Buying:
    supplier, code, renewal_code = names
    if supplier not in listing.suppliers:
        known = source is not None and source.cost_minor is not None
        cost = Money(source.cost_minor or 0, source.cost_currency) if source and known else None
        return Buying(supplier, source, cost, None, None)
    cost = listed = listing.costs.get((supplier, code))
    renewal = listing.costs.get((supplier, renewal_code))
    if cost and renewal and cost.currency == renewal.currency:
        cost = max(cost, renewal, key=lambda money: money.amount_minor)
    return Buying(supplier, source, cost, listed, listed is not None)
