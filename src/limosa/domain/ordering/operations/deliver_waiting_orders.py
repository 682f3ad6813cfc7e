from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from limosa.domain.connectivity.engine.supplying import LIVE, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.supplies import current_supply
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locking import lock_esim, lock_order
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.fulfil_order import fulfil_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.undo_free_change import undo_free_change
from limosa.domain.payments.queries import open_disputes

TELL_AFTER = timedelta(seconds=60)
REFUND_AFTER = timedelta(minutes=15)
_LATE = "late:"


def deliver_waiting_orders(*, now: datetime, most: int = 100) -> int:
    """Retry the delivery of paid orders; after 15 minutes refund them. Returns how many were due.

    What all its suppliers refused is refunded at once. After a minute the person is notified.
    Orders that can only keep waiting, for example for a supplier's answer, take no place in the
    round. While its payment is disputed, an order is neither delivered nor refunded. Calls no
    supplier.
    """
    numbers = list(_due(now).order_by("paid_at").values_list("number", flat=True)[:most])
    for number in numbers:
        _deliver_or_pay_back(number, now)
    return len(numbers)


def _due(now: datetime) -> QuerySet[Order]:
    told = Notification.objects.filter(key=Concat(Value(_LATE), OuterRef("number")))
    waiting = Order.objects.filter(
        ~Exists(open_disputes(OuterRef("number"))), state=OrderState.PAID
    )
    supplies = Supply.objects.filter(order_number=OuterRef("number"))
    return waiting.filter(
        (Q(quote__plan__supplier__is_paused=False) & ~Exists(supplies))
        | Exists(supplies.filter(state=SupplyState.DELIVERED.value))
        | (
            Exists(supplies.filter(state=SupplyState.REFUSED.value))
            & ~Exists(supplies.filter(state__in=LIVE))
        )
        | Q(paid_at__lte=now - REFUND_AFTER)
        | (Q(paid_at__lte=now - TELL_AFTER) & ~Exists(told))
    )


def _deliver_or_pay_back(number: str, now: datetime) -> None:
    with transaction.atomic():
        order = lock_order(number)
        if order.state != OrderState.PAID or order.paid_at is None:
            return
        if open_disputes(number).exists():
            return  # Opened since this round began; while we hold the payment, none can be.
        waited = now - order.paid_at
        supply = current_supply(number)
        if _deliver(order, supply, now):
            announce_order(number)
        elif waited >= REFUND_AFTER or (supply and supply.state == SupplyState.REFUSED):
            _give_up(order, now)
        elif waited >= TELL_AFTER:
            _tell_late(order, now)


def _give_up(order: Order, now: datetime) -> None:
    if order.quote.total_minor:
        refund_order(order_number=order.number, reason="not_delivered", now=now)
    else:
        undo_free_change(order=order, now=now)


def _deliver(order: Order, supply: Supply | None, now: datetime) -> bool:
    """Deliver what the supplier has delivered, or what our own database delivers."""
    if supply is not None and supply.state != SupplyState.DELIVERED:
        return False
    return fulfil_order(
        order=order,
        renewed=lock_esim(order, now=now),
        now=now,
        supply=supply,
    )


def _tell_late(order: Order, now: datetime) -> None:
    notify(
        subscriber_id=order.subscriber_id,
        key=f"{_LATE}{order.number}",
        kind="order_late",
        parameters={
            "order_number": order.number,
            "refund_after_minutes": REFUND_AFTER // timedelta(minutes=1),
        },
        now=now,
    )
