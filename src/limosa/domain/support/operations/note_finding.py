"""Note something about a finding of the guards of the books."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, Finding
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.NOTE_FINDING)
def note_finding(*, finding_id: int, detail: str, actor: Subscriber, now: datetime) -> None:
    """Keep a note on a finding: who looks into it, and what came of that.

    It closes nothing: a finding is gone by itself when the books are right. One that is gone may be
    noted too.
    Raises: RoleTooLowError; Finding.DoesNotExist; ValueError for a note without a word; nothing
            changed.
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
