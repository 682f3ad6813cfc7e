"""Make a proposed refund, once a second member of the staff has signed it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Payment
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, ProposalState, RefundProposal
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.refusals import OwnProposalError


@staff_action(AuditAction.SIGN_REFUND)
@transaction.atomic
def sign_refund(*, proposal_id: int, actor: Subscriber, now: datetime) -> RefundProposal:
    """Return the proposal, done; one decided before is unchanged.

    Locks:  the payment (as refund_order does, and first), then the proposal.
    Raises: RoleTooLowError, OwnProposalError, RefundNotAllowedError (data was used meanwhile);
            nothing changed; RefundProposal.DoesNotExist.
    """
    number = RefundProposal.objects.values_list("order__number", flat=True).get(pk=proposal_id)
    Payment.objects.select_for_update().filter(order_number=number, pays_order=True).first()
    proposal = RefundProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        return proposal
    if proposal.proposed_by_id == actor.pk:
        raise OwnProposalError
    proposal.refund = refund_order(
        order_number=number, reason="staff", part_minor=proposal.part_minor, now=now
    )
    proposal.state = ProposalState.DONE
    proposal.decided_by = actor
    proposal.decided_at = now
    proposal.save()
    record_audit_entry(
        actor=actor,
        action=AuditAction.SIGN_REFUND,
        subject=number,
        detail=proposal.detail,
        now=now,
    )
    return proposal
