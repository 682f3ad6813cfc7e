"""Put a plan on sale that was picked from a supplier's list."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.operations.add_plan import add_plan
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.ADD_PLAN)
@transaction.atomic
def sell_listed_plan(*, row: PlanRow, actor: Subscriber, now: datetime) -> Plan:
    """Add the plan as add_plan does, and return it.

    Raises: RoleTooLowError; PlanCodeTakenError. Nothing changed.
    """
    plan = add_plan(row=row)
    source = row.sources[0]
    record_audit_entry(
        actor=actor,
        action=AuditAction.ADD_PLAN,
        subject=plan.code,
        detail=f"{source.supplier} {source.code}",
        now=now,
    )
    return plan
