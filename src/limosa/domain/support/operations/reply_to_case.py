"""Store a person's reply to our answer."""

from datetime import datetime

from django.db import transaction

from limosa.domain.support.case_news import tell_staff
from limosa.domain.support.models import Case, CaseState
from limosa.domain.support.refusals import CaseNotWaitingError


@transaction.atomic
def reply_to_case(*, case: Case, reply: str, now: datetime) -> Case:
    """Return the case with the reply; repeating the same reply changes nothing.

    `case`: found through its owner. Staff are notified.
    Locks:  the Case row.
    Raises: CaseNotWaitingError: it has no answer, has another reply, or is closed. ValueError for
            an empty reply. Nothing changed.
    """
    reply = reply.strip()
    if not reply:
        raise ValueError("a reply has words")
    held = Case.objects.select_for_update(of=("self",)).select_related("order").get(pk=case.pk)
    if held.reply == reply:
        return held
    if held.state != CaseState.ANSWERED:
        raise CaseNotWaitingError
    held.reply, held.replied_at = reply, now
    held.save(update_fields=["reply", "replied_at"])
    tell_staff(held, words=reply, is_reply=True, now=now)
    return held
