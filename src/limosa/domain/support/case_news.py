"""Who is told of a case: the staff who may answer when it needs them, the person when it moves."""

from datetime import datetime

from limosa.domain.notifications.operations.notify import notify
from limosa.domain.support.duties import ids_of_who_may
from limosa.domain.support.models import AuditAction, Case


def tell_staff(case: Case, *, words: str, is_reply: bool, now: datetime) -> None:
    """Tell the staff of a new case, or of the reply to our answer; each is told once of each.

    The mail is sent by the worker, from the row that is stored here.
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
            },
            now=now,
        )


def tell_person(case: Case, *, kind: str, words: str, now: datetime) -> None:
    """Tell the person of our answer (`case_answered`) or of the end (`case_closed`), once of each.

    It goes out with the transaction, by mail too.
    """
    notify(
        subscriber_id=case.subscriber_id,
        key=f"{kind.replace('_', '-')}:{case.number}",
        kind=kind,
        parameters={
            "case_number": case.number,
            "order_number": case.order.number,
            "words": words,
        },
        now=now,
    )
