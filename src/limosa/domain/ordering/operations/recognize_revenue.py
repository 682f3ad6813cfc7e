from datetime import datetime

from django.db import transaction

from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import recognized
from limosa.domain.ordering.engine.recognition import recognized_minor
from limosa.domain.ordering.locking import lock_order
from limosa.domain.ordering.models import RECOGNIZE_EVERY, Order, OrderState
from limosa.domain.ordering.plan_changes import moves_of, progress_of
from limosa.foundation.money import Money


def recognize_revenue(*, now: datetime, most: int = 500) -> int:
    """Move the delivered part of orders from deferred revenue to revenue, once a day each.

    Returns how many orders were examined; call again while that is `most`.
    """
    numbers = list(
        Order.objects.filter(next_recognition_at__lte=now)
        .order_by("next_recognition_at")
        .values_list("number", flat=True)[:most]
    )
    for number in numbers:
        _earn(number, now)
    return len(numbers)


@transaction.atomic
def _earn(number: str, now: datetime) -> None:
    order = lock_order(number)
    # Another worker may have handled it since this round began.
    is_due = order.next_recognition_at is not None and order.next_recognition_at <= now
    if order.state != OrderState.FULFILLED or not is_due:
        return
    bundle = Bundle.objects.get(order_number=number)
    quote = order.quote
    sold_minor = quote.total_minor - quote.tax_minor
    net_minor = sold_minor - (order.reversed_minor - order.reversed_tax_minor)
    net_minor += moves_of(order).net_minor
    total_recognized = recognized_minor(net_minor=net_minor, progress=progress_of(bundle), now=now)
    step = total_recognized - order.recognized_minor
    if step > 0:
        post_entry(
            key=f"earn:{number}:{now.date().isoformat()}",
            kind="earning",
            order_number=number,
            legs=recognized(Money(step, quote.currency)),
            now=now,
        )
        order.recognized_minor = total_recognized
    is_all = order.recognized_minor == net_minor
    order.next_recognition_at = None if is_all else now + RECOGNIZE_EVERY
    order.save(update_fields=["recognized_minor", "next_recognition_at"])
