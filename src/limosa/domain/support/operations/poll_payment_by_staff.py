"""Poll a provider about a payment at the request of a member of the staff."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.calling import Caller, call_directly
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.POLL_PAYMENT)
def poll_payment_by_staff(
    *, payment_number: str, actor: Subscriber, now: datetime, caller: Caller = call_directly
) -> str:
    """Return the result, as poll_payment does; it is also the audit entry's detail.

    No transaction is open during the call. Applying the same answer twice changes nothing.
    Raises: RoleTooLowError; Payment.DoesNotExist.
    """
    result = poll_payment(payment_number=payment_number, now=now, caller=caller)
    record_audit_entry(
        actor=actor,
        action=AuditAction.POLL_PAYMENT,
        subject=payment_number,
        detail=result,
        now=now,
    )
    return result
