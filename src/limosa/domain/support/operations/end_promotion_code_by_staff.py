"""End a promotion code, or let it count again, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.promotions.models import PromotionCode
from limosa.domain.promotions.operations.end_promotion_code import end_promotion_code
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.END_PROMOTION_CODE)
@transaction.atomic
def end_promotion_code_by_staff(
    *, code_id: int, is_ended: bool, actor: Subscriber, now: datetime
) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Locks:  as end_promotion_code.
    Raises: RoleTooLowError, PromotionCode.DoesNotExist; nothing changed.
    """
    code = PromotionCode.objects.get(pk=code_id)
    if not end_promotion_code(code_id=code_id, is_ended=is_ended, now=now):
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.END_PROMOTION_CODE,
        subject=code.promotion_id,
        detail=f"{code.text} {'ended' if is_ended else 'reopened'}",
        now=now,
    )
    return True
