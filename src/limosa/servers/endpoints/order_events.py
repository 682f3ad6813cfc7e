"""Live events of orders: who may watch one, and what is sent."""

from django.core import signing
from django.db import close_old_connections

from limosa.domain.ordering.changes import watched_topic
from limosa.domain.ordering.models import Order, OrderState
from limosa.servers.events import Snapshot

PATH = "/events/orders/"
FINAL_STATES = frozenset({OrderState.FULFILLED, OrderState.REFUNDED, OrderState.CANCELLED})


def permitted_topic(path: str, token: str) -> str | None:
    """Return the topic for a URL made by watch_path(); None for any other."""
    try:
        topic = watched_topic(token)
    except signing.BadSignature:
        return None
    return topic if path == PATH + topic.partition(":")[2] else None


def order_snapshot(topic: str) -> Snapshot | None:
    """Read an order's state; None if there is no such order. To be called in its own thread."""
    close_old_connections()
    state = (
        Order.objects.filter(number=topic.partition(":")[2]).values_list("state", flat=True).first()
    )
    if state is None:
        return None
    return Snapshot(data={"state": state}, is_final=state in FINAL_STATES)
