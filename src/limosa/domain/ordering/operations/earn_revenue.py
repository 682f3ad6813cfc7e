from datetime import datetime

from django.db import transaction

from limosa.domain.esims.models import OPEN_STATES, Bundle
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import earned
from limosa.domain.ordering.engine.earning import Progress, earned_minor
from limosa.domain.ordering.holding import hold_order
from limosa.domain.ordering.models import EARN_EVERY, Order, OrderState
from limosa.foundation.money import Money


def earn_revenue(*, now: datetime, most: int = 500) -> int:
    """Move what was earned of delivered orders from deferred revenue to revenue, once a day each.

    Returns how many orders it looked at; call again while that is `most`.
    """
    numbers = list(
        Order.objects.filter(next_earning_at__lte=now)
        .order_by("next_earning_at")
        .values_list("number", flat=True)[:most]
    )
    for number in numbers:
        _earn(number, now)
    return len(numbers)


@transaction.atomic
def _earn(number: str, now: datetime) -> None:
    order = hold_order(number)
    # Another round may have been here since this one looked.
    is_due = order.next_earning_at is not None and order.next_earning_at <= now
    if order.state != OrderState.FULFILLED or not is_due:
        return
    bundle = Bundle.objects.get(order_number=number)
    quote = order.quote
    sold_minor = quote.total_minor - quote.tax_minor
    net_minor = sold_minor - (order.undone_minor - order.undone_tax_minor)
    progress = Progress(
        used_bytes=bundle.used_bytes,
        volume_bytes=bundle.volume_bytes,
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        is_over=bundle.state not in OPEN_STATES,
    )
    total_earned = earned_minor(net_minor=net_minor, progress=progress, now=now)
    step = total_earned - order.earned_minor
    if step > 0:
        post_entry(
            key=f"earn:{number}:{now.date().isoformat()}",
            kind="earning",
            order_number=number,
            legs=earned(Money(step, quote.currency)),
            now=now,
        )
        order.earned_minor = total_earned
    is_all = order.earned_minor == net_minor
    order.next_earning_at = None if is_all else now + EARN_EVERY
    order.save(update_fields=["earned_minor", "next_earning_at"])
