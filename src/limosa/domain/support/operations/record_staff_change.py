"""Record a change of the staff twice: for all admins, and for the person concerned."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.staffing import StaffChange


def record_staff_change(
    *,
    person: Subscriber,
    change: StaffChange,
    actor: Subscriber | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Append a change to the audit log, and to the person's security events.

    `actor` None: a command on the machine itself. Call it in the change's own transaction.
    Raises: RoleTooLowError if the actor's role may not make the change.
    """
    record_audit_entry(
        actor=actor,
        action=change.action,
        subject=person.email[:60],
        detail=change.detail,
        now=now,
    )
    record_security_event(
        subscriber=person,
        kind=change.kind,
        origin=origin,
        details=change.detail,
        now=now,
    )
