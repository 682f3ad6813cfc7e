"""Refund an order because a member of the staff says so."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Refund
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@transaction.atomic
def refund_by_staff(*, order_number: str, detail: str, actor: Subscriber, now: datetime) -> Refund:
    """Return the refund of the whole order; it and its record stand or fall together.

    `detail`: why, in the staff's own words; the person does not see it.
    Locks:  as refund_order.
    Raises: RefundNotAllowedError; nothing changed.
    """
    refund = refund_order(order_number=order_number, reason="staff", now=now)
    record_staff_action(
        actor=actor,
        action=StaffActionKind.REFUND_ORDER,
        subject=order_number,
        detail=detail,
        now=now,
    )
    return refund
