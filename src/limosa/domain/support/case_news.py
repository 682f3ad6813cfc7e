"""Notifications about cases: to the staff who may answer, and to the person."""

from datetime import datetime

from limosa.domain.notifications.operations.notify import notify
from limosa.domain.support.duties import ids_of_who_may
from limosa.domain.support.models import AuditAction, Case


def tell_staff(case: Case, *, words: str, is_reply: bool, now: datetime) -> None:
    """Notify staff of a new case, or of the reply to our answer; once for each.

    The worker sends the mail from the row stored here.
    """
    what = "reply" if is_reply else "new"
    for person_id in ids_of_who_may(AuditAction.ANSWER_CASE):
        notify(
            subscriber_id=person_id,
            key=f"case-{what}:{case.number}:{person_id}",
            kind="case_news",
            parameters={
                "case_number": case.number,
                "order_number": case.order.number,
                "words": words,
                "is_reply": is_reply,
                "by_guest": case.by_guest,
            },
            now=now,
        )


def tell_person(case: Case, *, kind: str, words: str, now: datetime) -> None:
    """Notify the person of our answer (`case_answered`) or of the end (`case_closed`), once for
    each.

    It is sent when the transaction commits, by mail too.
    """
    notify(
        subscriber_id=case.subscriber_id,
        key=f"{kind.replace('_', '-')}:{case.number}",
        kind=kind,
        parameters={
            "case_number": case.number,
            "order_number": case.order.number,
            "words": words,
            "by_guest": case.by_guest,
        },
        now=now,
    )
