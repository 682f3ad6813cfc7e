"""Change what staff say of a plan where it is used, and record who did it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.coverage.engine.differences import between
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.coverage.operations.state_by_staff import state_by_staff
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.SET_COVERAGE)
@transaction.atomic
def change_plan_facts(
    *,
    plan_code: str,
    edit: Callable[[PlanFacts], PlanFacts],
    actor: Subscriber | None,
    now: datetime,
) -> bool:
    """Change it as state_by_staff does; return whether that changed anything. If not, nothing is
    recorded. The entry's detail has a line for each fact and country: "US: AT&T 5G → -"
    if staff no longer say anything of it, "US: - → nobody can say" if they say just that.

    Raises: RoleTooLowError, and what `edit` raises; nothing changed.
    Locks:  as state_by_staff.
    """
    before, after = state_by_staff(plan_code=plan_code, edit=edit, now=now)
    lines = list(between(before, after))
    if not lines:
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.SET_COVERAGE,
        subject=plan_code,
        detail="\n".join(lines),
        now=now,
    )
    return True
