"""What happened in a run at suppliers, by its end, according to our rows."""

from collections import defaultdict
from collections.abc import Iterator

from limosa.domain.connectivity.models import SupplierCall, SupplierMessage, Supply
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Refund
from limosa_lab.simulation.outcome import Happened
from limosa_lab.simulation.suppliers import SHORTAGES
from limosa_lab.simulation.world import World

_TOLD = {
    "delivered": "callback that delivered",
    "no_news": "callback without news",
    "asked": "callback that made us ask",
    "cancelling": "callback of what was no longer wanted",
}


def witnessed_at_suppliers(world: World) -> frozenset[Happened]:
    """Return the events that occurred, by the names in happenings.py."""
    names = {*_of_orders(world), *_of_calls(), *_of_callbacks()}
    if Supply.objects.filter(return_asked_at__isnull=False).exists():
        names.add("return asked for")
    if Refund.objects.filter(reason="person").exists():
        names.add("return that its supplier agreed to")
    return frozenset((name, "") for name in names)


def _of_orders(world: World) -> Iterator[str]:
    rows: dict[str, list[Supply]] = defaultdict(list)
    for supply in Supply.objects.order_by("id"):
        rows[supply.order_number].append(supply)
    first = next(iter(world.suppliers), "")
    for order in Order.objects.exclude(paid_at=None).select_related("quote"):
        for supply in rows[order.number]:
            yield f"order that ended {supply.state}"
            if supply.problem == "paused" and supply.state == "refused":
                yield "paused supplier passed over"
            if supply.state == "delivered":
                yield from _of_delivery(order, supply, first)
        is_refused = all(supply.state == "refused" for supply in rows[order.number])
        if order.state == OrderState.REFUNDED and is_refused:
            yield "money back as all refused"


def _of_delivery(order: Order, supply: Supply, first: str) -> Iterator[str]:
    is_renewal = order.quote.esim_id is not None
    if is_renewal:
        is_same = order.esim_id == order.quote.esim_id
        yield f"renewal on {'the same' if is_same else 'a new'} eSIM"
    elif supply.supplier_id != first:
        yield "delivery by another supplier"
    if is_renewal and supply.supplier_id != first:
        yield "renewal at another supplier"


def _of_calls() -> Iterator[str]:
    for call, outcome in SupplierCall.objects.values_list("call", "outcome"):
        if call in {"reorder", "look_up", "cancel", "end_early"}:
            yield f"call {call}"
        if outcome.startswith("error"):
            yield "answer lost"
        if outcome.endswith("price_changed"):
            yield "price changed"
        yield from (name for name in SHORTAGES if outcome.endswith(name))


def _of_callbacks() -> Iterator[str]:
    results = SupplierMessage.objects.values_list("result", flat=True).distinct()
    yield from (_TOLD[result] for result in results if result in _TOLD)
