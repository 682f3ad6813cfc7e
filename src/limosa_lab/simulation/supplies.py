"""What must be true of orders at suppliers: I11 at every moment, F10 to F12 at rest.

The suppliers' own books say what was ordered and charged there; our rows say what we believe.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db.models import Sum

from limosa.domain.connectivity.capabilities import Cancel
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.models import Posting
from limosa.domain.ordering.models import Order, OrderState
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.suppliers import TOLD, PlayedSupplier
from limosa_lab.simulation.world import World

_OPEN = {"due", "asked", "pending", "unclear", "returning", "cancelling", "ending"}
_UNDONE = {"failed", "cancelled"}


def check_ordered_once(world: World) -> None:
    """I11: one order of ours is one order there, whatever died or was lost, and however many
    suppliers were asked."""
    bought: Counter[str] = Counter()
    for supplier in world.suppliers.values():
        made = [order for order in supplier.orders if order.state != "failed"]
        there = Counter(order.request.number for order in made)
        twice = {number: count for number, count in there.items() if count > 1}
        check(not twice, "I11", f"ordered more than once: {twice}")
        bought.update(order.request.number for order in made if order.state not in _UNDONE)
    twice = {number: count for number, count in bought.items() if count > 1}
    check(not twice, "I11", f"bought at more than one supplier: {twice}")


def check_supplies(world: World) -> None:
    """F10: every order at a supplier has ended, and both sides agree on how."""
    supplies: dict[str, list[Supply]] = defaultdict(list)
    for supply in Supply.objects.order_by("id"):
        supplies[supply.order_number].append(supply)
    if not world.suppliers:
        check(not supplies, "F10", "our own network was called")
        return
    waiting = [str(one) for rows in supplies.values() for one in rows if one.state in _OPEN]
    check(not waiting, "F10", f"still to be asked for: {waiting}")
    for order in Order.objects.exclude(paid_at=None):
        rows = supplies[order.number]
        # Nothing is ordered for an eSIM that its supplier is asked to cancel: the money goes back.
        is_given_back = order.esim_id is not None and order.state == OrderState.REFUNDED
        check(bool(rows) or is_given_back, "F10", f"{order} is paid, and was never to be ordered")
        for supply in rows:
            _check_end(world.suppliers[supply.supplier_id], order, supply)
        if order.state == OrderState.FULFILLED:
            _check_given(order, rows)


def check_costs(world: World) -> None:
    """F11: what is booked as the cost of an order is what its supplier charges."""
    booked: Counter[tuple[str, str]] = Counter()
    postings = Posting.objects.filter(account__kind="supplier")
    found = postings.values_list("entry__order_number", "account__code").annotate(
        minor=Sum("amount_minor")
    )
    for number, code, minor in found:
        _, supplier, currency = code.split(":")
        is_right = currency == world.configuration.cost_currency
        check(is_right, "F11", f"{number} is booked in {currency}")
        booked[supplier, number] -= minor
    for code, supplier in world.suppliers.items():
        for number, charged in supplier.charged().items():
            ours = booked.pop((code, number), 0)
            is_told_late = supplier.terms.learning == TOLD and _is_kept(code, number)
            is_right = ours == charged or (is_told_late and ours > 0)
            check(is_right, "F11", f"{number}: {code} charges {charged}, booked is {ours}")
    check(not any(booked.values()), "F11", f"booked, and never charged: {booked}")


def _is_kept(code: str, number: str) -> bool:
    """Whether an order stays there although nobody wants it: its cost may not have been told."""
    return Supply.objects.filter(supplier=code, order_number=number, state="kept").exists()


def _check_given(order: Order, rows: Sequence[Supply]) -> None:
    """F12: the person has what one supplier delivered, on an eSIM of that supplier."""
    delivered = [supply for supply in rows if supply.state == "delivered"]
    told = f"{order} is delivered by {[supply.supplier_id for supply in delivered]}"
    check(len(delivered) == 1, "F10", told)
    (supply,) = delivered
    bundle = Bundle.objects.select_related("esim").get(order_number=order.number)
    check(supply.iccid in {"", bundle.esim.iccid}, "F10", f"{told}; on another eSIM")
    check(bundle.esim.supplier_id == supply.supplier_id, "F12", f"{told}; its eSIM is not")
    brought = Supply.objects.filter(supplier=supply.supplier_id, iccid=bundle.esim.iccid)
    is_gone = brought.filter(state__in=["cancelled", "cancelling"]).exists()
    check(not is_gone, "F12", f"{told}; its eSIM is cancelled there")


def _check_end(supplier: PlayedSupplier, order: Order, supply: Supply) -> None:
    there = {one.state for one in supplier.orders_of(order.number)} - {"failed"}
    told = f"{order} is {order.state}, its supply {supply.state}, there it is {there}"
    if supply.state == "delivered":
        check((order.state, there) == (OrderState.FULFILLED, {"delivered"}), "F10", told)
    elif supply.state == "cancelled":
        check(there <= {"cancelled"}, "F10", told)
    elif supply.state == "refused":
        check(not there, "F10", told)
    else:
        can = supplier.capabilities
        is_right = supply.state == "kept" and there <= {"delivered", "ended", "ordered"}
        check(is_right, "F10", told)
        can_undo = can.cancel is not Cancel.NONE or can.end_early
        check(not can_undo or there == {"ended"}, "F10", told)
