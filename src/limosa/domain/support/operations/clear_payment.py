"""Take a payment off the list of those that need attention."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Payment
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.CLEAR_PAYMENT)
@transaction.atomic
def clear_payment(*, payment_number: str, actor: Subscriber, now: datetime) -> AuditEntry:
    """Return the audit entry for having looked at it; the payment itself is unchanged.

    The entry's detail is the problem that was looked at: a later problem brings the payment back.
    Raises: RoleTooLowError; Payment.DoesNotExist.
    """
    payment = Payment.objects.get(number=payment_number)
    return record_audit_entry(
        actor=actor,
        action=AuditAction.CLEAR_PAYMENT,
        subject=payment.number,
        detail=payment.problem,
        now=now,
    )
