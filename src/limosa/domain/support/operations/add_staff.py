"""Add a member of the staff: a new person, or one who has an account."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind, StaffRole, Subscriber
from limosa.domain.accounts.operations.appoint_staff import appoint_staff
from limosa.domain.accounts.operations.open_account import open_account
from limosa.domain.accounts.origin import Origin
from limosa.domain.catalog.queries import default_currency
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_staff_change import record_staff_change
from limosa.domain.support.refusals import AlreadyStaffError, StaffAddressUnconfirmedError
from limosa.domain.support.staffing import StaffChange, check_actor, locked_staff


@staff_action(AuditAction.ADD_STAFF)
@transaction.atomic
def add_staff(
    *,
    email: str,
    role: StaffRole,
    name: str,
    actor: Subscriber | None,
    origin: Origin,
    now: datetime,
) -> Subscriber:
    """Return the member of the staff. A new person has no password until they set one by mail.

    `actor` None: a command on the machine itself. The person is notified, with a link to the page
    where a password is set. An existing account becomes staff only if its address is confirmed:
    otherwise whoever opened it in that name would become staff.
    Locks:  all staff rows.
    Raises: RoleTooLowError, AlreadyStaffError, StaffAddressUnconfirmedError; nothing changed.
    """
    check_actor(locked_staff(), actor, AuditAction.ADD_STAFF)
    person = Subscriber.objects.select_for_update().filter(email__iexact=email).first()
    is_new = person is None
    if person is None:
        person = open_account(email=email, name=name, currency=default_currency())
    elif person.staff_role:
        raise AlreadyStaffError
    elif not EmailAddress.objects.filter(user=person, email__iexact=email, verified=True).exists():
        raise StaffAddressUnconfirmedError
    appoint_staff(person=person, role=role)
    notify(
        subscriber_id=person.pk,
        key=f"staff-added:{person.pk}:{now.isoformat()}",
        kind="staff_added",
        parameters={"is_new": is_new},
        now=now,
    )
    record_staff_change(
        person=person,
        change=StaffChange(AuditAction.ADD_STAFF, SecurityEventKind.STAFF_ADDED, role),
        actor=actor,
        origin=origin,
        now=now,
    )
    return person
