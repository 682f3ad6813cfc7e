"""Approve or reject proposed prices, and record who did it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.operations.approve_proposals import approve_proposals
from limosa.domain.wholesale.operations.reject_proposals import reject_proposals

# The proposals themselves say who decided each; the entry names the first of many.
_PLANS_NAMED_MAX = 100


@staff_action(AuditAction.DECIDE_PRICES)
@transaction.atomic
def decide_prices(
    *,
    proposal_ids: Collection[int],
    is_approved: bool,
    actor: Subscriber | None,
    now: datetime,
) -> list[str]:
    """Return the codes of the plans whose proposals were applied, or rejected.

    Only open proposals are decided, so repeating it changes and records nothing. The entry's
    subject is the plan, or how many there are; its detail begins with "approved" or "rejected".
    Locks:  as approve_proposals.
    Raises: RoleTooLowError; nothing changed.
    """
    decide = approve_proposals if is_approved else reject_proposals
    plans = decide(proposal_ids=proposal_ids, decided_by=actor, now=now)
    if plans:
        named = " ".join(plans[:_PLANS_NAMED_MAX])
        more = " …" if len(plans) > _PLANS_NAMED_MAX else ""
        record_audit_entry(
            actor=actor,
            action=AuditAction.DECIDE_PRICES,
            subject=plans[0] if len(plans) == 1 else str(len(plans)),
            detail=f"{'approved' if is_approved else 'rejected'} {named}{more}",
            now=now,
        )
    return plans
