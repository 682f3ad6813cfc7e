"""Credit a failed refund to the person's wallet, by staff."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.payments.models import Refund
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.REFUND_TO_WALLET)
@transaction.atomic
def put_refund_in_wallet_by_staff(
    *, refund_number: str, actor: Subscriber, now: datetime
) -> Refund:
    """Return the refund, settled; the audit entry's subject is the order, its detail the refund.

    Locks:  as put_refund_in_wallet.
    Raises: RoleTooLowError; RefundNotAllowedError, nothing changed; Refund.DoesNotExist.
    """
    refund = put_refund_in_wallet(refund_number=refund_number, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.REFUND_TO_WALLET,
        subject=refund.payment.order_number,
        detail=refund_number,
        now=now,
    )
    return refund
