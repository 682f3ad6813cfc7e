"""Let a promotion run again that was ended before its time, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.promotions.operations.reopen_promotion import reopen_promotion
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.REOPEN_PROMOTION)
@transaction.atomic
def reopen_promotion_by_staff(*, code: str, actor: Subscriber, now: datetime) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Locks:  as reopen_promotion.
    Raises: RoleTooLowError, and as reopen_promotion; nothing changed.
    """
    if not reopen_promotion(code=code, now=now):
        return False
    record_audit_entry(actor=actor, action=AuditAction.REOPEN_PROMOTION, subject=code, now=now)
    return True
