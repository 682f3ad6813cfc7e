"""End a promotion before its time, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.promotions.operations.end_promotion import end_promotion
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.END_PROMOTION)
@transaction.atomic
def end_promotion_by_staff(*, code: str, actor: Subscriber, now: datetime) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Locks:  as end_promotion.
    Raises: RoleTooLowError, and as end_promotion; nothing changed.
    """
    if not end_promotion(code=code, now=now):
        return False
    record_audit_entry(actor=actor, action=AuditAction.END_PROMOTION, subject=code, now=now)
    return True
