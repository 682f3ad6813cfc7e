"""What a payment pays: an order or a wallet top-up. Its number says which (ADR 43).

Both have `number`, `subscriber`, `state`, `placed_at`, `paid_at`, `total`, `payable_until` and
`rates`, and are `placed` while they can be paid.
"""

from limosa.domain.ordering.locked_changes import lock_change
from limosa.domain.ordering.models import Order
from limosa.domain.wallets.models import WalletTopUp, is_top_up

Purchase = Order | WalletTopUp


def purchase(number: str) -> Purchase:
    """Return an order with its quote, or a top-up. Raises DoesNotExist of either."""
    if is_top_up(number):
        return WalletTopUp.objects.get(number=number)
    return Order.objects.select_related("quote").get(number=number)


def lock_purchase(number: str) -> Purchase:
    """Lock an order or a top-up and return it, an order with its quote; after it the one whose plan
    it replaces.

    The caller holds the payment. Raises DoesNotExist of either.
    """
    if is_top_up(number):
        return WalletTopUp.objects.select_for_update(of=("self",)).get(number=number)
    orders = Order.objects.select_for_update(of=("self",)).select_related("quote")
    order = orders.get(number=number)
    lock_change(order)
    return order
