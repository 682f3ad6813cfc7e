from datetime import datetime

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.engine.sourcing import Choice
from limosa.domain.connectivity.operations.request_supply import request_supply
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.next_supplier import next_supplier
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.wholesale.price_lists import listed_cost
from limosa.foundation.money import Money


def order_at_supplier(*, order: Order, now: datetime) -> bool:
    """Have a worker order at the next supplier of a paid order's plan; return False if there is
    none left.

    A supplier that was asked before is not asked again. One that answers from our own database is
    not among them: it is asked as the money comes (fulfil_order). Nothing is put on an eSIM that
    its supplier cancels, or is asked to cancel. Makes no outside call.
    Locks: the eSIM that is renewed. The caller holds the order, and none of its supplies is alive.
    """
    choice = next_supplier(order, now=now)
    if choice is None:
        return False
    renewed = order.esim if choice.is_on_renewed else None
    if renewed is not None:
        locked = Esim.objects.select_for_update(of=("self",)).get(pk=renewed.pk)
        if not is_renewable(locked):
            return False
    request_supply(
        supplier_code=choice.source.supplier,
        request=SupplyRequest(
            number=order.number,
            plan_code=choice.code,
            renewed=_renewed(renewed) if renewed else None,
            cost=_cost(choice),
        ),
        now=now,
    )
    return True


def _cost(choice: Choice) -> Money | None:
    """Return what is expected to be charged. The source's cost is that of a new eSIM; a renewal by
    another code has its own in the supplier's list, if there is one."""
    if choice.code == choice.source.code:
        return choice.source.cost
    listed = listed_cost(supplier_code=choice.source.supplier, code=choice.code)
    return listed or choice.source.cost


def _renewed(esim: Esim) -> SupplierEsim:
    return SupplierEsim(
        iccid=esim.iccid,
        reference=esim.supplier_reference,
        order_reference=esim.supplier_order_reference,
    )
