"""Record what a member of the staff did."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import check_may
from limosa.domain.support.models import AuditAction, AuditEntry


def record_audit_entry(
    *,
    actor: Subscriber | None,
    action: AuditAction,
    subject: str,
    detail: str = "",
    now: datetime,
) -> AuditEntry:
    """Return the new audit entry. Call it in the action's own transaction.

    `actor` None: a command on the machine itself.
    Raises: RoleTooLowError if the actor's role may not do it.
    """
    check_may(actor, action)
    return AuditEntry.objects.create(
        actor=actor, action=action, subject=subject, detail=detail, at=now
    )
