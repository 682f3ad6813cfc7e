from datetime import datetime

from django.db import transaction

from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent, CycleState
from limosa.domain.autorenewal.models import AutoRenewal, Cycle
from limosa.domain.autorenewal.news import UNDONE_WITHIN
from limosa.domain.autorenewal.refusals import UndoOverError
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.payments.calling import Caller


def undo_renewal(*, cycle_id: int, caller: Caller, now: datetime) -> None:
    """Take a renewal back within a day of its charge, while nothing of it was used: all of the
    money goes back the way it came.

    What comes after it is renewed as agreed. Doing it twice changes nothing. Call it outside of
    transactions.
    Locks:  as return_order; then the automatic renewal.
    Raises: UndoOverError; what return_order raises; no money moved.
    """
    cycle = Cycle.objects.get(pk=cycle_id)
    if cycle.state == CycleState.UNDONE:
        return
    if (
        cycle.state != CycleState.RENEWED
        or cycle.closed_at is None
        or cycle.closed_at + UNDONE_WITHIN <= now
    ):
        raise UndoOverError
    # It may have been returned, and we died before we noted it.
    if not Order.objects.filter(number=cycle.order_number, state=OrderState.REFUNDED).exists():
        return_order(order_number=cycle.order_number, caller=caller, now=now)
    with transaction.atomic():
        auto = AutoRenewal.objects.select_for_update(of=("self",)).get(pk=cycle.auto_renewal_id)
        cycle.refresh_from_db()
        if cycle.state == CycleState.RENEWED:
            cycle.state = CYCLE_LIFE.after(cycle.state, CycleEvent.UNDO)
            cycle.save(update_fields=["state"])
            if auto.is_on:  # What it brought had an end that was planned for.
                auto.next_at = now
                auto.save(update_fields=["next_at"])
