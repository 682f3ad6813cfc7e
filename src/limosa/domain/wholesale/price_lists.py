"""Reads: suppliers' price lists, and what they mean for plans on sale."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.wholesale.ended import plans_ended_by
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import ListedPlan, PriceProposal, PriceSheet
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True)
class ListStanding:
    """A supplier's price list: the sheet in force, and the newest if that is another."""

    supplier: str
    can_be_fetched: bool
    in_force: PriceSheet | None
    newest: PriceSheet | None

    @property
    def is_fetching(self) -> bool:
        """Whether it is being fetched."""
        return self.newest is not None and self.newest.state == SheetState.FETCHING

    @property
    def has_failed(self) -> bool:
        """Whether it could not be read the last time."""
        return self.newest is not None and self.newest.state == SheetState.FAILED


def suppliers_with_lists() -> list[str]:
    """Return the codes of the suppliers that are set up and whose lists can be fetched."""
    codes = sorted(settings.SUPPLIER_ADAPTERS)
    return [code for code in codes if capabilities_of(code).lists_plans]


def list_standings() -> list[ListStanding]:
    """Return how the lists stand of suppliers that have one, or whose list can be fetched.

    Two statements.
    """
    rows = PriceSheet.objects.order_by("supplier", "-id").distinct("supplier")
    newest = {row.supplier: row for row in rows}
    whole = {row.supplier: row for row in rows.filter(state=SheetState.WHOLE)}
    fetched = set(suppliers_with_lists())
    return [
        ListStanding(code, code in fetched, whole.get(code), newest.get(code))
        for code in sorted(fetched | set(newest))
    ]


def listed_cost(*, supplier_code: str, code: str) -> Money | None:
    """Return what a supplier's list in force says that a plan costs; None: it does not list it."""
    row = ListedPlan.objects.filter(supplier=supplier_code, code=code, until__isnull=True).first()
    return row.cost if row else None


def open_proposals() -> QuerySet[PriceProposal]:
    """Return the proposals that wait for staff."""
    return PriceProposal.objects.filter(state=ProposalState.OPEN)


def approved_prices(plan_codes: Collection[str]) -> dict[tuple[str, str], PriceProposal]:
    """Return the newest applied proposal of each price, by plan and currency."""
    rows = PriceProposal.objects.filter(plan__in=plan_codes, state=ProposalState.APPLIED)
    return {
        (row.plan_id, currency): row
        for row in rows.order_by("decided_at", "id")
        for currency in row.prices_after
    }


def plans_above_price() -> QuerySet[Plan]:
    """Return the plans that are off sale since they cost more than they sell for.

    `last_supplier`: the supplier that charges the most.
    """
    return plans_ended_by(ProposalKind.COST_ABOVE_PRICE)


def plans_refused() -> QuerySet[Plan]:
    """Return the plans that are off sale since their only supplier refuses them for good.

    `last_supplier`: which; `last_reason`: the term by which it refuses them.
    """
    return plans_ended_by(ProposalKind.REFUSED)
