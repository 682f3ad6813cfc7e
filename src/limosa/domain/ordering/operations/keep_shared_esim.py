from datetime import datetime

from limosa.domain.connectivity.engine.supplying import kept_for_others
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.shared_esims import brought, is_paid_for_by_others


def keep_shared_esim(*, order: Order, now: datetime) -> None:
    """Leave at its supplier what a withdrawn order brought, if others have paid for the same eSIM:
    a supplier that cancels an eSIM takes away all that is on it.

    Of two orders one comes first: while an eSIM is being cancelled, nothing is put on it
    (order_at_supplier).
    Locks: the eSIM. The caller holds the order and its Supply rows.
    """
    if order.esim_id is None:
        return
    esim = Esim.objects.select_for_update(of=("self",)).get(pk=order.esim_id)
    if not is_paid_for_by_others(esim.pk, order):
        return
    for supply in Supply.objects.filter(brought(esim), order_number=order.number):
        if (outcome := kept_for_others(supply.state)) is not None:
            keep_supply_answer(supply=supply, outcome=outcome, answer=None, now=now)
