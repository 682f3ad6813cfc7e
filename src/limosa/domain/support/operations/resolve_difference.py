"""Resolve a difference between a settlement and our books."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Difference, DifferenceState
from limosa.domain.support.duties import staff_deed
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@staff_deed(StaffActionKind.RESOLVE_DIFFERENCE)
@transaction.atomic
def resolve_difference(
    *, difference_id: int, detail: str, actor: Subscriber, now: datetime
) -> bool:
    """Return whether it was open. It stays resolved as long as later runs find both sides
    as they are now.

    `detail`: what came of it, for the record. Nothing is booked by it.
    Raises: RoleTooLowError; Difference.DoesNotExist.
    Locks:  the Difference row.
    """
    difference = Difference.objects.select_for_update().get(pk=difference_id)
    if difference.state == DifferenceState.RESOLVED:
        return False
    difference.state = DifferenceState.RESOLVED
    difference.resolved_at = now
    difference.resolved_by = actor
    difference.save(update_fields=["state", "resolved_at", "resolved_by"])
    record_staff_action(
        actor=actor,
        action=StaffActionKind.RESOLVE_DIFFERENCE,
        subject=difference.number,
        detail=detail,
        now=now,
    )
    return True
