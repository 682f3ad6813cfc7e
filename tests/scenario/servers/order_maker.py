"""Beside the servers: `make` two orders and print where they are watched; `cancel NUMBER`."""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import sys

import django

django.setup()

from limosa.domain.ordering.changes import announce_order, watch_path
from limosa.domain.ordering.models import Order, OrderState
from tests.factories.ordering import make_order

if __name__ == "__main__":
    if sys.argv[1] == "make":
        for order in (make_order(), make_order()):
            print(order.number, watch_path(order.number))
    else:
        order = Order.objects.get(number=sys.argv[2])
        order.state, order.closed_at = OrderState.CANCELLED, order.placed_at
        order.save()
        announce_order(order.number)
