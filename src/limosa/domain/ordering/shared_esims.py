"""Whether several orders are for one eSIM."""

from datetime import datetime

from django.db.models import Q

from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order, OrderState


def is_for_others(esim: Esim, order: Order, *, now: datetime) -> bool:
    """Return whether another order is for an eSIM: paid, or it can still be paid."""
    is_open = Q(state=OrderState.PLACED, quote__expires_at__gt=now)
    others = Order.objects.filter(esim=esim).exclude(pk=order.pk)
    return others.filter(is_open | Q(state__in=[OrderState.PAID, OrderState.FULFILLED])).exists()
