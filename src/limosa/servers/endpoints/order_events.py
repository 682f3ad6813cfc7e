"""Live events of orders: where they are, and what is sent."""

from limosa.domain.ordering.models import Order, OrderState
from limosa.servers.events import Snapshot

PATH = "/events/orders/"
FINAL_STATES = frozenset({OrderState.FULFILLED, OrderState.REFUNDED, OrderState.CANCELLED})


def order_snapshot(topic: str) -> Snapshot | None:
    """Read an order's state; None if there is no such order."""
    state = (
        Order.objects.filter(number=topic.partition(":")[2]).values_list("state", flat=True).first()
    )
    if state is None:
        return None
    return Snapshot(data={"state": state}, is_final=state in FINAL_STATES)
