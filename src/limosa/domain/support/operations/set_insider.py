"""Mark a person as an insider, whose ratings do not count, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.operations.mark_insider import mark_insider
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.MARK_INSIDER)
@transaction.atomic
def set_insider(
    *, subscriber_id: int, is_insider: bool, reason: str, actor: Subscriber, now: datetime
) -> bool:
    """Mark as mark_insider does; return whether that changed anything. If not, nothing is recorded.

    Raises: RoleTooLowError; nothing changed.
    Locks:  as mark_insider.
    """
    is_changed = mark_insider(
        subscriber_id=subscriber_id, is_insider=is_insider, reason=reason, now=now
    )
    if is_changed:
        record_audit_entry(
            actor=actor,
            action=AuditAction.MARK_INSIDER,
            subject=str(subscriber_id),
            detail=f"{'insider' if is_insider else 'no insider'}: {reason.strip()}",
            now=now,
        )
    return is_changed
