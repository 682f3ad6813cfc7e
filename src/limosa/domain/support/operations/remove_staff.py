"""Remove a member of the staff."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.dismiss_staff import dismiss_staff
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.staffing import check_actor, check_change, locked_staff


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
    person = staff.get(person_id)
    if person is None:
        raise Subscriber.DoesNotExist
    check_change(staff, person, actor)
    role = person.staff_role
    dismiss_staff(person=person)
    record_audit_entry(
        actor=actor,
        action=AuditAction.REMOVE_STAFF,
        subject=person.email[:60],
        detail=role,
        now=now,
    )
    record_security_event(
        subscriber=person,
        kind=SecurityEventKind.STAFF_REMOVED,
        address=origin.address,
        device=origin.device,
        details=role,
        now=now,
    )
    return person
