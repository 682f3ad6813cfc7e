from datetime import datetime

from limosa.domain.connectivity.engine.supplying import kept_for_others, undone
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.shared_esims import brought, is_paid_for_by_others


def withdraw_shared_esim(*, order: Order, now: datetime) -> None:
    """Leave at its supplier what a withdrawn order brought while others have paid for the same
    eSIM: a supplier that cancels an eSIM takes away all that is on it. Once nobody has, what was
    left there for their sake is cancelled too.

    Of two orders one comes first: while an eSIM is being cancelled, nothing is put on it
    (order_at_supplier).
    Locks: the eSIM. The caller holds the order and its Supply rows.
    """
    if order.esim_id is None:
        return
    esim = Esim.objects.select_for_update(of=("self",)).get(pk=order.esim_id)
    is_shared = is_paid_for_by_others(esim, order)
    for supply in Supply.objects.filter(brought(esim)):
        if is_shared and supply.order_number == order.number:
            outcome = kept_for_others(supply.state)
        elif not is_shared and supply.is_kept_for_others:
            outcome = undone(capabilities_of(supply.supplier_id))
        else:
            outcome = None
        if outcome is not None:
            keep_supply_answer(supply=supply, outcome=outcome, answer=None, now=now)
