"""Decide about a rating, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.engine.standing import Ruling
from limosa.domain.ratings.operations.rule_on_rating import rule_on_rating
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.MODERATE_RATING)
@transaction.atomic
def moderate_rating(
    *,
    rating_id: int,
    is_comment_shown: bool,
    ruling: Ruling,
    public_reason: str,
    actor: Subscriber,
    now: datetime,
) -> None:
    """Decide as rule_on_rating does; the public reason is the audit entry's, too.

    Raises: RoleTooLowError, and what rule_on_rating raises; nothing changed.
    Locks:  as rule_on_rating.
    """
    before = rule_on_rating(
        rating_id=rating_id,
        is_comment_shown=is_comment_shown,
        ruling=ruling,
        public_reason=public_reason,
        now=now,
    )
    lines = [f"comment: {'shown' if is_comment_shown else 'hidden'}"] if before.comment else []
    lines.append(f"ruling: {before.ruling or '-'} → {ruling.value or '-'}")
    record_audit_entry(
        actor=actor,
        action=AuditAction.MODERATE_RATING,
        subject=before.number,
        detail="\n".join([*lines, public_reason.strip()]).strip(),
        now=now,
    )
