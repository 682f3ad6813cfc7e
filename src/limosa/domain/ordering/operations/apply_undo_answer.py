from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.answers import CancelAnswer, UndoAnswer
from limosa.domain.connectivity.engine.supplying import (
    Lost,
    Outcome,
    SupplyState,
    after_cancel,
    not_paid_back,
)
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import supply_now
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locking import lock_order
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.book_supply_credit import book_supply_credit
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.retire_cancelled_esim import retire_cancelled_esim
from limosa.domain.ordering.refusals import RefundNotAllowedError


@transaction.atomic
def apply_undo_answer(
    *, supply_id: int, answer: UndoAnswer | Lost, now: datetime, attempt: int | None = None
) -> None:
    """Store a supplier's answer to cancelling an order, which the person was refunded, wants to
    return, or got from another supplier. Once it is cancelled, its cost is booked back, and an eSIM
    that came with it and is on no device is retired; what stays there is booked.

    What a person returns is refunded in the same commit, once it is cancelled. While the money
    can't go back, since its payer disputes the payment, the return stays open. Its person is
    written to if the supplier refuses.
    `attempt`: the call that it answers. A worker that others have overtaken can't end a return by
    a refusal, since they may have been told otherwise.
    Locks: the payment, the order, the Supply row, then as refund_order.
    """
    named = Supply.objects.only("order_number").get(pk=supply_id)
    order = lock_order(named.order_number)
    supply = Supply.objects.select_for_update().get(pk=supply_id)
    is_returning = supply.state == SupplyState.RETURNING
    is_overtaken = attempt is not None and attempt != supply.attempts
    if is_returning and is_overtaken and answer is not CancelAnswer.DONE:
        return
    state = supply_now(supply, is_wanted=False, now=now)
    outcome = after_cancel(state, answer, can=capabilities_of(supply.supplier_id))
    if outcome is None:
        return
    if is_returning and outcome.state is SupplyState.CANCELLED:
        outcome = not_paid_back(state) if not _pay_back(order.number, now) else outcome
    keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)
    _follow(supply, outcome, now)
    if is_returning and outcome.state is SupplyState.DELIVERED:
        _tell_of_refusal(order, now)
    if is_returning:
        announce_order(order.number)


def _pay_back(order_number: str, now: datetime) -> bool:
    try:
        refund_order(order_number=order_number, reason="person", now=now, is_cancelled=True)
    except RefundNotAllowedError:
        return False
    return True


def _tell_of_refusal(order: Order, now: datetime) -> None:
    notify(
        subscriber_id=order.subscriber_id,
        key=f"return_refused:{order.number}",
        kind="return_refused",
        parameters={"order_number": order.number, "plan_name": order.quote.plan.name},
        now=now,
    )


def _follow(supply: Supply, outcome: Outcome, now: datetime) -> None:
    if outcome.state is SupplyState.CANCELLED:
        retire_cancelled_esim(supply=supply, now=now)
        book_supply_credit(supply=supply, now=now)
    elif outcome.state in {SupplyState.ENDING, SupplyState.KEPT}:
        book_supply_cost(supply=supply, now=now)  # It has the order, and charges it.
