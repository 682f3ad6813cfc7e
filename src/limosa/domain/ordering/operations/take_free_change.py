from datetime import datetime

from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locking import lock_esim, lock_order
from limosa.domain.ordering.models import OrderState, PlanChange
from limosa.domain.ordering.operations.count_change import count_change
from limosa.domain.ordering.operations.fulfil_order import fulfil_order


def take_free_change(*, change: PlanChange, now: datetime) -> None:
    """Take a change as paid that costs nothing more: what is left of the former plan is worth as
    much as the new one costs, or more.

    There is no payment, and nothing to refund. The caller has just placed the order, and holds the
    former one; before: `held`, afterwards `counted`.
    Locks: the order, then as fulfil_order.
    """
    order = lock_order(change.order.number)
    change.order = order
    order.state, order.paid_at = OrderState.PAID, now
    count_change(change=change, now=now)
    fulfil_order(order=order, renewed=lock_esim(order, now=now), now=now)
    announce_order(order.number)
