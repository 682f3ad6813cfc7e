"""Where an order can be placed next."""

from datetime import datetime

from limosa.domain.catalog.models import Supplier
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.breakers import left_alone
from limosa.domain.connectivity.engine.sourcing import Choice, next_choice
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import (
    capabilities_of,
    is_delivered_in_commit_by,
    is_set_up,
)
from limosa.domain.ordering.models import Order


def next_supplier(order: Order, *, now: datetime) -> Choice | None:
    """Return where an order can be placed that was not asked yet; None: nowhere.

    A supplier that does not answer (engine/breaking.py) is held back like a paused one.
    """
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
            *left_alone(codes, now=now),
            *(code for code in codes if not is_set_up(code)),
        },
        can={code: capabilities_of(code) for code in codes},
    )
