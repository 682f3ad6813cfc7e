"""What must be true of orders at a supplier: I11 at every moment, F10 at rest.

The supplier's own books say what was ordered there; our rows say what we believe.
"""

from collections import Counter

from limosa.domain.connectivity.capabilities import Cancel
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order, OrderState
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.suppliers import PlayedSupplier
from limosa_lab.simulation.world import World

_OPEN = {"due", "asked", "pending", "unclear", "cancelling", "ending"}


def check_ordered_once(world: World) -> None:
    """I11: one order of ours is one order there, whatever died or was lost."""
    supplier = world.supplier
    if supplier is None:
        return
    there = Counter(order.request.number for order in supplier.orders if order.state != "failed")
    twice = {number: count for number, count in there.items() if count > 1}
    check(not twice, "I11", f"ordered more than once: {twice}")


def check_supplies(world: World) -> None:
    """F10: every order at the supplier has ended, and both sides agree on how."""
    supplier = world.supplier
    if supplier is None:
        check(not Supply.objects.exists(), "F10", "our own network was called")
        return
    supplies = {supply.order_number: supply for supply in Supply.objects.all()}
    waiting = [str(supply) for supply in supplies.values() if supply.state in _OPEN]
    check(not waiting, "F10", f"still to be asked for: {waiting}")
    for order in Order.objects.exclude(paid_at=None):
        supply = supplies.get(order.number)
        check(supply is not None, "F10", f"{order} is paid, and was never to be ordered")
        if supply is not None:
            _check_end(supplier, order, supply)


def _check_end(supplier: PlayedSupplier, order: Order, supply: Supply) -> None:
    there = {one.state for one in supplier.orders_of(order.number)}
    told = f"{order} is {order.state}, its supply {supply.state}, there it is {there}"
    if order.state == OrderState.FULFILLED:
        check((supply.state, there) == ("delivered", {"delivered"}), "F10", told)
        bundle = Bundle.objects.select_related("esim").get(order_number=order.number)
        check(supply.iccid in {"", bundle.esim.iccid}, "F10", f"{told}; on another eSIM")
    elif supply.state == "cancelled":
        check(there <= {"cancelled", "failed"}, "F10", told)
    elif supply.state == "refused":
        check(there <= {"failed"}, "F10", told)
    else:
        can = supplier.capabilities
        is_right = supply.state == "kept" and there <= {"delivered", "ended", "ordered"}
        check(is_right, "F10", told)
        can_undo = can.cancel is not Cancel.NONE or can.end_early
        check(not can_undo or there == {"ended"}, "F10", told)
