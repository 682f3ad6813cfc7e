"""Resolve a difference between a settlement and our books."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.operations.close_difference import close_difference
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.RESOLVE_DIFFERENCE)
@transaction.atomic
def resolve_difference(
    *, difference_id: int, detail: str, actor: Subscriber, now: datetime
) -> bool:
    """Return whether it was open. It stays resolved as long as later runs find both sides
    unchanged.

    `detail`: the outcome, for the audit log. Books nothing.
    Raises: RoleTooLowError; Difference.DoesNotExist.
    Locks:  the Difference row.
    """
    difference = close_difference(difference_id=difference_id, resolved_by=actor, now=now)
    if difference is None:
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.RESOLVE_DIFFERENCE,
        subject=difference.number,
        detail=detail,
        now=now,
    )
    return True
