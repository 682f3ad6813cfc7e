"""Several orders for one eSIM: what its supplier does about one of them, it does to all.

What others placed, by the eSIM's number or by a link, and have not paid, counts for nothing here:
anybody could keep such an order open, and with it an eSIM from being returned. If it is paid after
all and the eSIM is gone, it is paid back like any order that can't be delivered.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from limosa.domain.connectivity.engine.supplying import BEING_UNDONE, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.ordering.models import Order, OrderState

_STANDING = [OrderState.PAID, OrderState.FULFILLED]
_UNDONE = [*BEING_UNDONE, SupplyState.CANCELLED]


def is_for_others(esim: Esim, order: Order, *, now: datetime) -> bool:
    """Return whether another order is for an eSIM: paid, or its person can still pay it."""
    return _others(esim, order, now=now).exists()


def unpaid_alone(esim: Esim, order: Order, *, now: datetime) -> Order | None:
    """Return the order for an eSIM that can be paid longest, with its quote; None: there is none
    that can still be paid, or another is paid."""
    others = list(_others(esim, order, now=now).select_related("quote"))
    if any(other.state != OrderState.PLACED for other in others):
        return None
    return max(others, key=lambda other: other.quote.expires_at, default=None)


def _others(esim: Esim, order: Order, *, now: datetime) -> QuerySet[Order]:
    is_open = Q(state=OrderState.PLACED, link="", quote__expires_at__gt=now)
    others = Order.objects.filter(esim=esim).exclude(pk=order.pk)
    return others.filter(is_open | Q(state__in=_STANDING))


def is_paid_for_by_others(esim: Esim, order: Order) -> bool:
    """Return whether another order is for an eSIM and has our customer's money."""
    others = Order.objects.filter(esim=esim).exclude(pk=order.pk)
    return others.filter(state__in=_STANDING).exists()


def brought(esim: Esim) -> Q:
    """Return which orders at suppliers brought an eSIM: if one is undone there, it is gone."""
    numbers = Order.objects.filter(esim=esim).values("number")
    return Q(order_number__in=numbers, supplier=esim.supplier_id, iccid=esim.iccid)


def is_renewable(esim: Esim) -> bool:
    """Return whether another plan can be put on an eSIM: it is in service, and its supplier neither
    cancelled what brought it nor is asked to. One statement."""
    if esim.state == EsimState.DELETED:
        return False
    return not Supply.objects.filter(brought(esim), state__in=_UNDONE).exists()
