"""Refund at the request of a member of the staff: at once, or after a second one has signed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Payment
from limosa.domain.support.duties import staff_action
from limosa.domain.support.engine.signing import needs_second_signature
from limosa.domain.support.models import AuditAction, ProposalState, RefundProposal
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.foundation.money import Money


@staff_action(AuditAction.PROPOSE_REFUND)
@transaction.atomic
def propose_refund(
    *, order_number: str, part_minor: int | None, detail: str, actor: Subscriber, now: datetime
) -> RefundProposal:
    """Return the proposal: done if within the limit, otherwise open until a second person signs it.

    `part_minor`: in the payment's currency; None: all that is left. `detail`: the reason, in the
    staff's own words, not shown to the person. An order has one open proposal, which is returned
    again.
    Locks:  as refund_order.
    Raises: RoleTooLowError; RefundNotAllowedError, if that is already known; nothing changed.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .filter(order_number=order_number, pays_order=True)
        .first()
    )
    if payment is None:
        raise RefundNotAllowedError
    order = Order.objects.get(number=order_number)
    for proposal in RefundProposal.objects.filter(order=order, state=ProposalState.OPEN):
        return proposal
    left_minor = payment.received_minor - payment.refunded_minor
    proposal = RefundProposal(
        order=order,
        part_minor=part_minor,
        detail=detail,
        needs_second=needs_second_signature(
            Money(left_minor if part_minor is None else part_minor, payment.received_currency),
            returned_before=Money(payment.refunded_minor, payment.received_currency),
            limits_minor=settings.REFUND_LIMITS,
        ),
        proposed_by=actor,
        proposed_at=now,
    )
    if not proposal.needs_second:
        proposal.refund = refund_order(
            order_number=order_number, reason="staff", part_minor=part_minor, now=now
        )
        proposal.state = ProposalState.DONE
        proposal.decided_at = now
    proposal.save()
    record_audit_entry(
        actor=actor,
        action=AuditAction.PROPOSE_REFUND if proposal.needs_second else AuditAction.REFUND_ORDER,
        subject=order_number,
        detail=detail,
        now=now,
    )
    return proposal
