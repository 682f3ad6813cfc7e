"""Have a day reconciled at the request of a member of the staff."""

from datetime import date, datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.tasks import reconcile_day
from limosa.domain.payments.models import Settlement
from limosa.domain.payments.operations.request_settlement import request_settlement
from limosa.domain.payments.registry import check_day_is_over
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.RECONCILE)
@transaction.atomic
def ask_for_settlement(
    *, provider_code: str, day: date, actor: Subscriber, now: datetime
) -> Settlement:
    """Return the day's row; the worker does the rest, and records in it how it went.

    Raises: RoleTooLowError; DayNotOverError: it has not ended in the provider's own zone; nothing
            changed.
    """
    check_day_is_over(provider_code=provider_code, day=day, at=now)
    settlement = request_settlement(provider_code=provider_code, day=day, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.RECONCILE,
        subject=f"{provider_code} {day.isoformat()}",
        now=now,
    )
    reconcile_day.defer(provider=provider_code, day=day.isoformat())
    return settlement
