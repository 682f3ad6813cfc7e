from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.answers import UndoAnswer
from limosa.domain.connectivity.engine.supplying import Lost, SupplyState, after_cancel
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import supply_now
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.book_supply_credit import book_supply_credit
from limosa.domain.ordering.operations.retire_cancelled_esim import retire_cancelled_esim


@transaction.atomic
def apply_undo_answer(*, supply_id: int, answer: UndoAnswer | Lost, now: datetime) -> None:
    """Store a supplier's answer to cancelling an order, which the person was refunded, or got from
    another supplier. Once it is cancelled, its cost is booked back, and an eSIM that came with it
    and is on no device is retired; what stays there is booked.

    Locks: the Supply row, the eSIM.
    """
    supply = Supply.objects.select_for_update().get(pk=supply_id)
    state = supply_now(supply, is_wanted=False, now=now)
    outcome = after_cancel(state, answer, can=capabilities_of(supply.supplier_id))
    if outcome is not None:
        keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)
        if outcome.state is SupplyState.CANCELLED:
            retire_cancelled_esim(supply=supply, now=now)
            book_supply_credit(supply=supply, now=now)
        elif outcome.state in {SupplyState.ENDING, SupplyState.KEPT}:
            book_supply_cost(supply=supply, now=now)  # It has the order, and charges it.
