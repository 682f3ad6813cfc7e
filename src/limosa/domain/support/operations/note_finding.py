"""Add a note to a finding of the guards."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, Finding
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.NOTE_FINDING)
def note_finding(*, finding_id: int, detail: str, actor: Subscriber, now: datetime) -> None:
    """Store a note on a finding: who is looking into it, and with what result.

    A note closes nothing: a finding goes away once the books are right. Notes may also be added
    after that.
    Raises: RoleTooLowError; Finding.DoesNotExist; ValueError for an empty note; nothing changed.
    """
    if not detail.strip():
        raise ValueError("a note has words")
    finding = Finding.objects.get(pk=finding_id)
    record_audit_entry(
        actor=actor,
        action=AuditAction.NOTE_FINDING,
        subject=finding.number,
        detail=detail.strip(),
        now=now,
    )
