from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.connectivity.engine.breaking import after_call
from limosa.domain.connectivity.models import SupplierBreaker


@transaction.atomic
def note_supplier_call(
    *,
    supplier_code: str,
    is_answered: bool,
    is_order: bool,
    now: datetime,
    held_back_for: timedelta | None = None,
) -> None:
    """Count a call to a supplier in its breaker, which opens or closes by it.

    `held_back_for`: how long it wants no new orders; they wait so long, or go to another supplier.
    Locks: the supplier's breaker, so that no worker's failure is lost.
    """
    SupplierBreaker.objects.get_or_create(supplier_id=supplier_code)
    row = SupplierBreaker.objects.select_for_update().get(supplier=supplier_code)
    found = row.as_breaker
    after = after_call(found, is_answered=is_answered, is_order=is_order, now=now)
    if after != found:
        row.state, row.in_a_row, row.lately = after.state, after.in_a_row, after.lately
        row.pause_seconds, row.retry_at = int(after.pause.total_seconds()), after.retry_at
        row.query_at = after.retry_at and now
    if held_back_for:
        until = now + held_back_for
        row.held_until = max(row.held_until or until, until)
    if after != found or held_back_for:
        row.save()
