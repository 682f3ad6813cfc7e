"""Let a member of the staff who has lost their second step set up a new one."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.remove_second_step import remove_second_step
from limosa.domain.accounts.origin import Origin
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_staff_change import record_staff_change
from limosa.domain.support.refusals import OwnRoleError
from limosa.domain.support.staffing import StaffChange, check_actor, locked_staff, staff_member


@staff_action(AuditAction.RESET_SECOND_STEP)
@transaction.atomic
def reset_second_step(
    *, person_id: int, actor: Subscriber | None, origin: Origin, now: datetime
) -> bool:
    """Return whether there was one. The console asks the person to set one up before anything else.

    Locks:  all staff rows.
    Raises: RoleTooLowError; OwnRoleError, since one's own is removed in the settings;
            Subscriber.DoesNotExist for somebody who is not staff; nothing changed.
    """
    staff = locked_staff()
    check_actor(staff, actor, AuditAction.RESET_SECOND_STEP)
    person = staff_member(staff, person_id)
    if actor is not None and actor.pk == person.pk:
        raise OwnRoleError
    if not remove_second_step(person=person):
        return False
    record_staff_change(
        person=person,
        change=StaffChange(AuditAction.RESET_SECOND_STEP, SecurityEventKind.SECOND_FACTOR_REMOVED),
        actor=actor,
        origin=origin,
        now=now,
    )
    return True
