"""Notifications about the guards' findings, to the staff who look after the books."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import translation

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.support.duties import ids_of_who_may
from limosa.domain.support.finding_words import finding_advice, finding_text
from limosa.domain.support.models import AuditAction, Finding

NAMED_MAX = 10


def tell_staff_of_findings(found: Sequence[Finding], *, now: datetime) -> None:
    """Notify the staff who may add notes of one guard's new findings: one message for all of them.

    Call it in the transaction that stores them, so that each is notified once.
    """
    if not found:
        return
    people = Subscriber.objects.filter(pk__in=ids_of_who_may(AuditAction.NOTE_FINDING))
    for person_id, language in people.order_by("pk").values_list("pk", "language"):
        notify(
            subscriber_id=person_id,
            key=f"findings:{found[0].number}:{person_id}",
            kind="finding_news",
            parameters={
                "count": len(found),
                "lines": "\n".join(_lines(found[:NAMED_MAX], language)),
                "left": max(len(found) - NAMED_MAX, 0),
                "finding": found[0].pk if len(found) == 1 else None,
            },
            now=now,
        )


def _lines(found: Sequence[Finding], language: str) -> Iterator[str]:
    """Yield what each finding is, with its subject; and below those of one kind, what to do."""
    with translation.override(language):
        for place, finding in enumerate(found):
            text = finding_text(finding.guard, finding.problem)
            yield f"{finding.number}: {text} ({finding.subject})"
            advice = finding_advice(finding.guard, finding.problem)
            after = found[place + 1] if place + 1 < len(found) else None
            if after is None or finding_advice(after.guard, after.problem) != advice:
                yield f"→ {advice}"
