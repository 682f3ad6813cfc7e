"""The lock of a change of plan: the order of the new plan first, then the one that it replaces."""

from limosa.domain.ordering.models import Order, PlanChange


def lock_change(order: Order) -> PlanChange | None:
    """Lock the order whose plan a locked order replaces, and return the change, with both; None: it
    replaces none.

    Locks: the former order.
    """
    if not order.quote.value_minor:
        return None
    replaced_id = PlanChange.objects.values_list("replaced_id", flat=True).get(order=order)
    orders = Order.objects.select_for_update(of=("self",))
    replaced = orders.select_related("quote", "subscriber", "esim").get(pk=replaced_id)
    change = PlanChange.objects.get(order=order)
    change.order, change.replaced = order, replaced
    return change
