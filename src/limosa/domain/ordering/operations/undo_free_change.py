from datetime import datetime

from limosa.domain.connectivity.operations.withdraw_supply import withdraw_supply
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.restore_change import restore_change


def undo_free_change(*, order: Order, now: datetime) -> None:
    """Give up a change that cost nothing and was not delivered: what counted is the former order's
    again, and its plan was not touched.

    Before: `paid`, afterwards `refunded`. The caller holds both orders.
    Locks: the order's Supply; as restore_change.
    """
    withdraw_supply(order_number=order.number, now=now)
    order.state, order.closed_at = OrderState.REFUNDED, now
    order.next_recognition_at = None
    restore_change(order=order, now=now)
    order.save()
    announce_order(order.number)
