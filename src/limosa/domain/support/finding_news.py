"""Notifications about the guards' findings, to the staff who look after the books."""

from collections.abc import Sequence
from datetime import datetime

from limosa.domain.notifications.operations.notify import notify
from limosa.domain.support.duties import ids_of_who_may
from limosa.domain.support.models import AuditAction, Finding

NAMED_MAX = 10


def tell_staff_of_findings(found: Sequence[Finding], *, now: datetime) -> None:
    """Notify the staff who may add notes of one guard's new findings: one message for all of them.

    Call it in the transaction that stores them, so that each is notified once.
    """
    if not found:
        return
    named = [f"{finding.number}: {finding.subject}" for finding in found[:NAMED_MAX]]
    for person_id in ids_of_who_may(AuditAction.NOTE_FINDING):
        notify(
            subscriber_id=person_id,
            key=f"findings:{found[0].number}:{person_id}",
            kind="finding_news",
            parameters={
                "count": len(found),
                "lines": "\n".join(named),
                "left": len(found) - len(named),
                "finding": found[0].pk if len(found) == 1 else None,
            },
            now=now,
        )
