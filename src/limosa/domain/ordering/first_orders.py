"""Reads: whether somebody is a buyer yet."""

from limosa.domain.ordering.models import Order


def has_ordered(*, subscriber_id: int) -> bool:
    """Return whether a person has ever paid for an order, whatever became of it. One statement."""
    return Order.objects.filter(subscriber_id=subscriber_id, paid_at__isnull=False).exists()
