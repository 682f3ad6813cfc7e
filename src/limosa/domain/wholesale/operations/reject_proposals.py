from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.wholesale.engine.proposing import ProposalState
from limosa.domain.wholesale.holding import hold_proposals
from limosa.domain.wholesale.models import PriceProposal


@transaction.atomic
def reject_proposals(
    *, proposal_ids: Collection[int], decided_by: Subscriber | None, now: datetime
) -> list[str]:
    """Reject those of the proposals that are open, and return the codes of their plans.

    They are not made again until their prices or their costs are others.
    Locks:  the table of proposals against passes and other decisions.
    """
    hold_proposals()
    rows = list(
        PriceProposal.objects.filter(pk__in=proposal_ids, state=ProposalState.OPEN).order_by("pk")
    )
    PriceProposal.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ProposalState.REJECTED, decided_at=now, decided_by=decided_by
    )
    return [row.plan_id for row in rows]
