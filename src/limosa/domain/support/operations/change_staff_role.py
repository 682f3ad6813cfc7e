"""Change the role of a member of the staff."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, StaffRole, Subscriber
from limosa.domain.accounts.operations.appoint_staff import appoint_staff
from limosa.domain.accounts.origin import Origin
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_staff_change import record_staff_change
from limosa.domain.support.staffing import (
    StaffChange,
    check_actor,
    check_change,
    locked_staff,
    staff_member,
)


@staff_action(AuditAction.CHANGE_STAFF)
@transaction.atomic
def change_staff_role(
    *,
    person_id: int,
    role: StaffRole,
    actor: Subscriber | None,
    origin: Origin,
    now: datetime,
) -> bool:
    """Return whether that changed anything; if not, nothing is recorded.

    Locks:  all staff rows.
    Raises: RoleTooLowError, OwnRoleError, LastAdminError; Subscriber.DoesNotExist for somebody who
            is not staff; nothing changed.
    """
    staff = locked_staff()
    check_actor(staff, actor, AuditAction.CHANGE_STAFF)
    person = staff_member(staff, person_id)
    if person.staff_role == role:
        return False
    check_change(staff, person, actor)
    appoint_staff(person=person, role=role)
    record_staff_change(
        person=person,
        change=StaffChange(AuditAction.CHANGE_STAFF, SecurityEventKind.STAFF_CHANGED, role),
        actor=actor,
        origin=origin,
        now=now,
    )
    return True
