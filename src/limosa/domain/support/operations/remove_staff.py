"""Remove a member of the staff."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.dismiss_staff import dismiss_staff
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


@staff_action(AuditAction.REMOVE_STAFF)
@transaction.atomic
def remove_staff(
    *, person_id: int, actor: Subscriber | None, origin: Origin, now: datetime
) -> Subscriber:
    """Return the person, who keeps the account as a subscriber. They lose the console at once, and
    all their sessions end, since those were begun as staff.

    Locks:  all staff rows.
    Raises: RoleTooLowError, OwnRoleError, LastAdminError; Subscriber.DoesNotExist for somebody who
            is not staff; nothing changed.
    """
    staff = locked_staff()
    check_actor(staff, actor, AuditAction.REMOVE_STAFF)
    person = staff_member(staff, person_id)
    check_change(staff, person, actor)
    role = person.staff_role
    dismiss_staff(person=person)
    record_staff_change(
        person=person,
        change=StaffChange(AuditAction.REMOVE_STAFF, SecurityEventKind.STAFF_REMOVED, role),
        actor=actor,
        origin=origin,
        now=now,
    )
    return person
