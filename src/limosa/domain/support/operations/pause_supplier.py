"""Stop or resume a supplier's service to new orders."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.operations.hold_supplier import hold_supplier
from limosa.domain.support.duties import staff_deed
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@staff_deed(StaffActionKind.PAUSE_SUPPLIER)
@transaction.atomic
def pause_supplier(
    *, supplier_code: str, is_paused: bool, actor: Subscriber, now: datetime
) -> bool:
    """Return whether that was a change; what is so already is not recorded again.

    Raises: RoleTooLowError; Supplier.DoesNotExist.
    Locks:  the Supplier row.
    """
    if not hold_supplier(supplier_code=supplier_code, is_paused=is_paused):
        return False
    record_staff_action(
        actor=actor,
        action=StaffActionKind.PAUSE_SUPPLIER if is_paused else StaffActionKind.RESUME_SUPPLIER,
        subject=supplier_code,
        now=now,
    )
    return True
