"""Turn down a proposed refund: a second person rejects it, or the first withdraws it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, ProposalState, RefundProposal
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.TURN_DOWN_REFUND)
@transaction.atomic
def turn_down_refund(*, proposal_id: int, actor: Subscriber, now: datetime) -> RefundProposal:
    """Return the proposal, turned down; one decided before is unchanged.

    Locks:  the proposal.
    Raises: RoleTooLowError; RefundProposal.DoesNotExist.
    """
    proposal = RefundProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        return proposal
    proposal.state = ProposalState.TURNED_DOWN
    proposal.decided_by = actor
    proposal.decided_at = now
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    record_audit_entry(
        actor=actor,
        action=AuditAction.TURN_DOWN_REFUND,
        subject=proposal.order.number,
        detail=proposal.detail,
        now=now,
    )
    return proposal
