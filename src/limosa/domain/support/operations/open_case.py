"""Open a case about an order, with everything known about it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import order_trace
from limosa.domain.support.models import Case
from limosa.foundation.identifiers import random_code


@transaction.atomic
def open_case(*, order: Order, message: str, now: datetime) -> Case:
    """Return the order's open case: a new one with the trace, or the one that is there.

    To a case that is there, a message that it does not hold is added; nothing a person wrote is
    lost. Two at once make one case: the table's condition decides.
    Locks: the Case row.
    """
    message = message.strip()
    case, is_new = Case.objects.select_for_update().get_or_create(
        order=order,
        closed_at=None,
        defaults={
            "number": f"C-{random_code(8)}",
            "subscriber_id": order.subscriber_id,
            "message": message,
            "trace": lambda: order_trace(order=order),
            "opened_at": now,
        },
    )
    if not is_new and message not in case.message:
        case.message = f"{case.message}\n\n{message}".strip()
        case.save(update_fields=["message"])
    return case
