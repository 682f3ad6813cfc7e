"""Take off sale what its only supplier refuses for good, and record it."""

import logging
from datetime import datetime

from django.db import transaction

from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.operations.end_refused_sales import RefusedPlan, end_refused_sales

logger = logging.getLogger(__name__)


@transaction.atomic
def stop_refused_sales(*, now: datetime) -> list[RefusedPlan]:
    """Do what end_refused_sales does, with an audit entry and a line in the log for each plan.

    Locks:  as end_refused_sales.
    """
    ended = end_refused_sales(now=now)
    for one in ended:
        record_audit_entry(
            actor=None,
            action=AuditAction.STOP_SALE,
            subject=one.plan,
            detail=f"refused {one.supplier} {one.reason}",
            now=now,
        )
        logger.warning("off sale: %s is refused by %s: %s", one.plan, one.supplier, one.reason)
    return ended
