"""Take a supplier's count that was looked at off the list of those in doubt."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.end_doubt import end_doubt
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.END_DOUBT)
@transaction.atomic
def end_usage_doubt(*, watch: UsageWatch, actor: Subscriber, now: datetime) -> bool:
    """Return whether it was still in doubt for the reason seen; if not, nothing is recorded.

    The record has the reason. Raises: RoleTooLowError.
    """
    problem, problem_at = watch.problem, watch.problem_at
    if problem_at is None:
        return False
    if not end_doubt(watch_id=watch.pk, problem=problem, problem_at=problem_at):
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.END_DOUBT,
        subject=watch.esim.public_id,
        detail=problem,
        now=now,
    )
    return True
