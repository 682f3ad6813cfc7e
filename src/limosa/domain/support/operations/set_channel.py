"""Set where and in which position a payment provider is offered."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Channel
from limosa.domain.payments.operations.change_channel import change_channel
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.SET_CHANNEL)
@transaction.atomic
def set_channel(*, wanted: Channel, actor: Subscriber, now: datetime) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    `wanted`: the desired row, not saved yet. Payments already begun continue. The audit entry has
    the whole decision: "offered 1 CN US", "stopped 0".
    Locks:  the Channel row.
    Raises: RoleTooLowError.
    """
    if not change_channel(wanted=wanted):
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.SET_CHANNEL,
        subject=wanted.provider,
        detail=wanted.decision,
        now=now,
    )
    return True
