"""End a bonus on top of top-ups."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wallets.operations.end_tier import end_tier


@staff_action(AuditAction.END_BONUS)
@transaction.atomic
def end_bonus(*, tier_id: int, actor: Subscriber | None, now: datetime) -> bool:
    """End a tier, and record it; return False if it had ended.

    Raises: RoleTooLowError; BonusTier.DoesNotExist; nothing changed.
    """
    is_ended = end_tier(tier_id=tier_id, now=now)
    if is_ended:
        record_audit_entry(actor=actor, action=AuditAction.END_BONUS, subject=str(tier_id), now=now)
    return is_ended
