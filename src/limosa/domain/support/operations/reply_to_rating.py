"""Reply to a rating as the seller, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.operations.answer_rating import answer_rating
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.REPLY_TO_RATING)
@transaction.atomic
def reply_to_rating(*, rating_id: int, reply: str, actor: Subscriber, now: datetime) -> bool:
    """Reply as answer_rating does; return whether that changed the reply. If not, nothing is
    recorded.

    Raises: RoleTooLowError, and what answer_rating raises; nothing changed.
    Locks:  as answer_rating.
    """
    is_changed = answer_rating(rating_id=rating_id, reply=reply, now=now)
    if is_changed:
        record_audit_entry(
            actor=actor,
            action=AuditAction.REPLY_TO_RATING,
            subject=f"RT-{rating_id}",
            detail=reply.strip(),
            now=now,
        )
    return is_changed
