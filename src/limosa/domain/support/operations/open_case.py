"""Open a case about an order, with everything known about it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import order_trace
from limosa.domain.support.case_news import tell_staff
from limosa.domain.support.models import Case
from limosa.domain.support.refusals import CaseFullError
from limosa.foundation.identifiers import random_code

TEXT_LENGTH_MAX = 10_000


@transaction.atomic
def open_case(*, order: Order, message: str, now: datetime, by_guest: bool = False) -> Case:
    """Return the order's open case: a new one with the trace, or the existing one.

    The owner's case and that of a guest who placed the order without signing in are two.
    Staff are notified of a new one. A message that an existing case does not contain yet is
    appended: to the message or, once we have answered, to the reply, of which staff are notified
    the first time. Nothing that a person wrote is lost. Two at once create one case: a constraint
    decides.
    Locks:  the Case row.
    Raises: CaseFullError; nothing changed.
    """
    message = message.strip()
    case, is_new = Case.objects.select_for_update().get_or_create(
        order=order,
        by_guest=by_guest,
        closed_at=None,
        defaults={
            "number": f"C-{random_code(8)}",
            "subscriber_id": order.subscriber_id,
            "message": message,
            "trace": lambda: order_trace(order=order),
            "opened_at": now,
        },
    )
    if is_new:
        tell_staff(case, words=message, is_reply=False, now=now)
    elif message not in case.message and message not in case.reply:
        _add(case, message, now)
    return case


def _add(case: Case, message: str, now: datetime) -> None:
    if len(case.message) + len(case.reply) + len(message) > TEXT_LENGTH_MAX:
        raise CaseFullError
    if case.answered_at is None:
        case.message = f"{case.message}\n\n{message}".strip()
        case.save(update_fields=["message"])
        return
    case.reply = f"{case.reply}\n\n{message}".strip()
    if case.replied_at is None:
        case.replied_at = now
        tell_staff(case, words=message, is_reply=True, now=now)
    case.save(update_fields=["reply", "replied_at"])
