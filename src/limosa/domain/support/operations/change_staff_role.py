"""Change the role of a member of the staff."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, StaffRole, Subscriber
from limosa.domain.accounts.operations.appoint_staff import appoint_staff
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.staffing import check_actor, check_change, locked_staff


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
    person = staff.get(person_id)
    if person is None:
        raise Subscriber.DoesNotExist
    if person.staff_role == role:
        return False
    check_change(staff, person, actor)
    appoint_staff(person=person, role=role)
    record_audit_entry(
        actor=actor,
        action=AuditAction.CHANGE_STAFF,
        subject=person.email[:60],
        detail=role,
        now=now,
    )
    record_security_event(
        subscriber=person,
        kind=SecurityEventKind.STAFF_CHANGED,
        address=origin.address,
        device=origin.device,
        details=role,
        now=now,
    )
    return True
