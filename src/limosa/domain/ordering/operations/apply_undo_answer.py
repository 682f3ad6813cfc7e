from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.answers import CancelAnswer
from limosa.domain.connectivity.engine.supplying import Lost, after_cancel
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import supply_now


@transaction.atomic
def apply_undo_answer(*, order_number: str, answer: CancelAnswer | Lost, now: datetime) -> None:
    """Store a supplier's answer to cancelling an order. The money has already been refunded.

    Locks: the order's Supply row.
    """
    supply = Supply.objects.select_for_update().get(order_number=order_number)
    state = supply_now(supply, is_wanted=False, now=now)
    outcome = after_cancel(state, answer, can=capabilities_of(supply.supplier_id))
    if outcome is not None:
        keep_supply_answer(supply=supply, outcome=outcome, answer=None, now=now)
