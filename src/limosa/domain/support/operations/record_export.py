"""Record that a member of the staff exported a table."""

from datetime import date, datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.EXPORT)
@transaction.atomic
def record_export(
    *, table: str, since: date, until: date, actor: Subscriber, now: datetime
) -> AuditEntry:
    """Return the audit entry, without which no file is sent. Both days are included.

    Raises: RoleTooLowError; nothing changed.
    """
    return record_audit_entry(
        actor=actor,
        action=AuditAction.EXPORT,
        subject=table,
        detail=f"{since.isoformat()} – {until.isoformat()}",
        now=now,
    )
