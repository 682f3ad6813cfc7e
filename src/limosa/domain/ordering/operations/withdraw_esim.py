from datetime import datetime

from limosa.domain.connectivity.answers import CancelAnswer, SupplyHandle
from limosa.domain.connectivity.capabilities import Cancel
from limosa.domain.connectivity.engine.supplying import is_delivered_in_commit
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.esims.operations.retire_esim import retire_esim
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.shared_esims import is_for_others


def withdraw_esim(*, order: Order, now: datetime) -> None:
    """Take back the eSIM that an order created, whose money goes back: nobody can download it then.

    Not if a device has it, or another order is for it: then it stays as it is. Only for a supplier
    that answers from our own database; a worker asks any other (withdraw_supply).
    Locks: the eSIM, then what the supplier locks. The caller holds the order.
    """
    if order.quote.esim_id is not None:
        return
    try:
        adapter = adapter_for(order.quote.plan.supplier_id)
    except SupplierNotSetUpError:
        return
    can = adapter.capabilities
    if not is_delivered_in_commit(can) or can.cancel is Cancel.NONE:
        return
    esims = Esim.objects.select_for_update(of=("self",))
    esim = esims.get(pk=order.esim_id) if order.esim_id else None
    if esim is not None and (esim.state != EsimState.READY or is_for_others(esim, order, now=now)):
        return
    answer = adapter.cancel(SupplyHandle(number=order.number))
    if esim is not None and answer is CancelAnswer.DONE:
        retire_esim(esim=esim)
