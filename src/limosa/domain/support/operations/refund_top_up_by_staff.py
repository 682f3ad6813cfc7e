"""Refund what is left of a wallet top-up, by staff."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.refund_top_up import refund_top_up
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Refund
from limosa.domain.support.duties import staff_action
from limosa.domain.support.engine.signing import needs_second_signature
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.foundation.money import Money


@staff_action(AuditAction.REFUND_ORDER)
@transaction.atomic
def refund_top_up_by_staff(
    *, number: str, part_minor: int, detail: str, actor: Subscriber, now: datetime
) -> Refund:
    """Return the refund of a part of a top-up, within what one person may refund.

    `part_minor`: in the payment's currency. `detail`: the reason, in the staff's own words, not
    shown to the person.
    Locks:  as refund_top_up.
    Raises: RoleTooLowError; RefundNotAllowedError, above the limit too; nothing changed.
    """
    refund = refund_top_up(number=number, reason="staff", part_minor=part_minor, now=now)
    currency, returned = refund.payment.received_currency, refund.payment.refunded_minor
    if needs_second_signature(
        Money(part_minor, currency),
        returned_before=Money(returned - part_minor, currency),
        limits_minor=settings.REFUND_LIMITS,
    ):
        raise RefundNotAllowedError
    record_audit_entry(
        actor=actor, action=AuditAction.REFUND_ORDER, subject=number, detail=detail, now=now
    )
    return refund
