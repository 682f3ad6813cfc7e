"""Apply proposals that somebody approved."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.holding import hold_catalog
from limosa.domain.catalog.models import Price
from limosa.domain.catalog.operations.offer_plan import offer_plan
from limosa.domain.catalog.operations.set_prices import set_prices
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.holding import hold_proposals
from limosa.domain.wholesale.models import PriceProposal


@transaction.atomic
def approve_proposals(
    *, proposal_ids: Collection[int], decided_by: Subscriber | None, now: datetime
) -> list[str]:
    """Apply those of the proposals that are open, and return the codes of their plans.

    One whose plan has other prices than it was made for is overtaken instead; so a proposal is
    applied once, and only to what its approver saw.
    Locks:  the table of proposals against passes and other decisions, the table of imports against
            imports; then the plans' rows.
    """
    hold_proposals()
    hold_catalog()
    rows = list(
        PriceProposal.objects.filter(pk__in=proposal_ids, state=ProposalState.OPEN).order_by("pk")
    )
    prices: dict[str, dict[str, int]] = {row.plan_id: {} for row in rows}
    for plan, currency, minor in Price.objects.filter(plan__in=prices).values_list(
        "plan", "currency", "amount_minor"
    ):
        prices[plan][currency] = minor
    holding = [row for row in rows if _holds(row, prices[row.plan_id])]
    set_prices(
        prices={row.plan_id: row.prices_after for row in holding if row.prices_after},
        on_sale=[row.plan_id for row in holding if row.kind == ProposalKind.BACK],
        now=now,
    )
    for row in holding:
        if row.kind == ProposalKind.GONE:
            offer_plan(plan_code=row.plan_id, on_sale=False, now=now)
    kept = {row.pk for row in holding}
    PriceProposal.objects.filter(pk__in=kept).update(
        state=ProposalState.APPLIED, decided_at=now, decided_by=decided_by
    )
    PriceProposal.objects.filter(pk__in={row.pk for row in rows} - kept).update(
        state=ProposalState.OVERTAKEN, decided_at=now
    )
    return [row.plan_id for row in holding]


def _holds(row: PriceProposal, prices: dict[str, int]) -> bool:
    before = row.prices_before
    return all(prices.get(currency) == before.get(currency) for currency in row.prices_after)
