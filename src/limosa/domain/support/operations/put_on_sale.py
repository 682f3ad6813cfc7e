"""Take a plan off sale, or put it back on sale."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.operations.offer_plan import offer_plan
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.STOP_SALE)
@transaction.atomic
def put_on_sale(*, plan_code: str, on_sale: bool, actor: Subscriber, now: datetime) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Existing quotes remain valid.
    Raises: RoleTooLowError; Plan.DoesNotExist.
    Locks:  the Plan row.
    """
    if not offer_plan(plan_code=plan_code, on_sale=on_sale, now=now):
        return False
    record_audit_entry(
        actor=actor,
        action=AuditAction.START_SALE if on_sale else AuditAction.STOP_SALE,
        subject=plan_code,
        now=now,
    )
    return True
