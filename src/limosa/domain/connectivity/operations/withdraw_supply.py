from datetime import datetime

from limosa.domain.connectivity.engine.supplying import withdrawn
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import supply_now


def withdraw_supply(*, order_number: str, now: datetime) -> bool:
    """Have its suppliers cancel an order whose money goes back, if they can; makes no outside call
    itself.

    An order that was never sent is cancelled at once. The money goes back whatever the supplier
    says. Returns whether there is such an order: there is none at a supplier that answers from our
    own database.
    Locks: the order's Supply rows, if it has any. The caller holds the order.
    """
    supplies = Supply.objects.select_for_update().filter(order_number=order_number).order_by("id")
    for supply in supplies:
        current = supply_now(supply, is_wanted=False, now=now)
        outcome = withdrawn(current, can=capabilities_of(supply.supplier_id))
        if outcome is not None:
            keep_supply_answer(supply=supply, outcome=outcome, answer=None, now=now)
    return bool(supplies)
