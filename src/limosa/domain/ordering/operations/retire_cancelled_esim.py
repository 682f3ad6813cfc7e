from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.esims.operations.retire_esim import retire_esim
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.shared_esims import is_for_others


def retire_cancelled_esim(*, supply: Supply, now: datetime) -> bool:
    """Retire the eSIM that a refunded order created, once its supplier has cancelled it: nobody is
    led to installing it then. Return whether it was retired.

    Not if a device has it, another order is for it, or it came from another supplier. The caller
    holds the Supply row.
    Locks: the eSIM.
    """
    order = Order.objects.select_related("quote").get(number=supply.order_number)
    if order.state != OrderState.REFUNDED or order.quote.esim_id or order.esim_id is None:
        return False
    esim = Esim.objects.select_for_update(of=("self",)).get(pk=order.esim_id)
    is_its_own = (esim.supplier_id, esim.iccid) == (supply.supplier_id, supply.iccid)
    if not is_its_own or esim.state != EsimState.READY or is_for_others(esim, order, now=now):
        return False
    retire_esim(esim=esim)
    return True
