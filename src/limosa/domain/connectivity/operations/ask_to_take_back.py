from datetime import datetime

from limosa.domain.connectivity.engine.supplying import SupplyState, returned
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of


def ask_to_take_back(*, order_number: str, now: datetime) -> bool:
    """Have an order's supplier asked to cancel what it has delivered, before any money moves; makes
    no outside call itself. Return False if there is nothing that it could cancel: nothing changed.

    Before: `delivered`; afterwards `returning`, until it has answered.
    Locks: the order's Supply row. The caller holds the order.
    """
    supply = (
        Supply.objects.select_for_update()
        .filter(order_number=order_number, state=SupplyState.DELIVERED.value)
        .first()
    )
    if supply is None:
        return False
    outcome = returned(SupplyState.DELIVERED, can=capabilities_of(supply.supplier_id))
    if outcome is None:
        return False
    supply.return_asked_at = now
    keep_supply_answer(supply=supply, outcome=outcome, answer=None, now=now)
    return True
