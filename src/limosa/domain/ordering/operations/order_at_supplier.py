from datetime import datetime

from limosa.domain.catalog.models import Supplier
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.engine.sourcing import Choice, next_choice
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.request_supply import request_supply
from limosa.domain.connectivity.registry import (
    capabilities_of,
    is_delivered_in_commit_by,
    is_set_up,
)
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order


def order_at_supplier(*, order: Order, now: datetime) -> bool:
    """Have a worker order at the next supplier of a paid order's plan; return False if there is
    none left.

    A supplier that was asked before is not asked again. One that answers from our own database is
    not among them: it is asked as the money comes (fulfil_order). Makes no outside call.
    Locks: none. The caller holds the order, and none of its supplies is alive.
    """
    choice = next_supplier(order)
    if choice is None:
        return False
    request_supply(
        supplier_code=choice.source.supplier,
        request=SupplyRequest(
            number=order.number,
            plan_code=choice.code,
            renewed=_renewed(order.esim) if choice.is_on_renewed and order.esim else None,
            cost=choice.source.cost,
        ),
        now=now,
    )
    return True


def next_supplier(order: Order) -> Choice | None:
    """Return where an order can be placed that was not asked yet; None: nowhere."""
    sources = [
        source
        for source in sources_of(order.quote.plan)
        if not is_delivered_in_commit_by(source.supplier)
    ]
    codes = [source.supplier for source in sources]
    tried = Supply.objects.filter(order_number=order.number).values_list("supplier_id", flat=True)
    paused = Supplier.objects.filter(code__in=codes, is_paused=True)
    return next_choice(
        sources,
        renewed_at=order.esim.supplier_id if order.esim else None,
        tried=set(tried),
        held_back={
            *paused.values_list("code", flat=True),
            *(code for code in codes if not is_set_up(code)),
        },
        can={code: capabilities_of(code) for code in codes},
    )


def _renewed(esim: Esim) -> SupplierEsim:
    return SupplierEsim(
        iccid=esim.iccid,
        reference=esim.supplier_reference,
        order_reference=esim.supplier_order_reference,
    )
