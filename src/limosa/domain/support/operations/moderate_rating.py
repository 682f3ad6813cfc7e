"""Decide about a rating, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.operations.rule_on_rating import Decision, rule_on_rating
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.MODERATE_RATING)
@transaction.atomic
def moderate_rating(
    *, rating_id: int, decision: Decision, actor: Subscriber, now: datetime
) -> None:
    """Decide as rule_on_rating does; the public reason is the audit entry's, too.

    Raises: RoleTooLowError, and what rule_on_rating raises; nothing changed.
    Locks:  as rule_on_rating.
    """
    before = rule_on_rating(rating_id=rating_id, decision=decision, now=now)
    comment = "shown" if decision.is_comment_shown else "hidden"
    lines = [f"comment: {comment}"] if before.comment else []
    lines.append(f"ruling: {before.ruling or '-'} → {decision.ruling.value or '-'}")
    record_audit_entry(
        actor=actor,
        action=AuditAction.MODERATE_RATING,
        subject=before.number,
        detail="\n".join([*lines, decision.public_reason.strip()]).strip(),
        now=now,
    )
