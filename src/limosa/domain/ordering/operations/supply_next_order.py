from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from limosa.domain.catalog.models import PlanKind
from limosa.domain.connectivity.answers import Failure, Refused, SupplyAnswer
from limosa.domain.connectivity.breakers import breaker_of, held_until, left_alone
from limosa.domain.connectivity.calls import call_supplier
from limosa.domain.connectivity.engine.supplying import (
    CallMade,
    Lost,
    NextCall,
    SupplyState,
    is_sent_in_time,
    next_call,
)
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.postpone_supply import postpone_supply
from limosa.domain.connectivity.operations.take_query_turn import take_query_turn
from limosa.domain.connectivity.operations.take_supply import take_supply
from limosa.domain.connectivity.operations.try_supplier_out import try_supplier_out
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for
from limosa.domain.connectivity.supplies import supply_handle, supply_now, supply_request
from limosa.domain.esims.engine.lifecycle import has_bundle_to_join
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.next_supplier import next_supplier
from limosa.domain.ordering.operations.apply_supply_answer import apply_supply_answer
from limosa.domain.ordering.operations.apply_undo_answer import apply_undo_answer
from limosa.domain.payments.queries import open_disputes

_NOT_SET_UP_AGAIN = timedelta(minutes=1)
_PAUSED, _LEFT_ALONE, _HELD_BACK = "paused", "not_answering", "asked_to_wait"
_HELD_BACK_AGAIN = timedelta(seconds=5)
_LOOKED_AT = 20


def supply_next_order(*, clock: Callable[[], datetime]) -> bool:
    """Take the order at a supplier that has been due longest, make the call, and apply the answer.

    Returns False if none is due. During the call no transaction is open and no row is locked: the
    row is leased (take_supply), so any number of workers may run this at once, and one that dies
    loses nothing. One that was stopped after it took the order, with its machine say, makes no call
    when it goes on: by then another may have found that the supplier has no such order, and have
    ordered it.
    """
    due = _due(clock()).order_by("next_at", "pk")[:_LOOKED_AT]
    return any(_ask(supply, clock) for supply in due)


def _due(now: datetime) -> QuerySet[Supply]:
    """Return what is due. Nothing new is ordered for disputed money."""
    is_disputed = Exists(open_disputes(OuterRef("order_number")))
    due = Supply.objects.select_related("supplier").filter(next_at__lte=now)
    return due.exclude(Q(state=SupplyState.DUE.value) & is_disputed)


def _ask(supply: Supply, clock: Callable[[], datetime]) -> bool:
    now = clock()
    try:
        adapter = adapter_for(supply.supplier_id)
    except SupplierNotSetUpError as error:
        return postpone_supply(supply=supply, problem=str(error), until=now + _NOT_SET_UP_AGAIN)
    if reason := _held_back(supply, now):
        return _pass_on(supply, reason, now)
    is_wanted = _is_wanted(supply, now)
    call = next_call(supply_now(supply, is_wanted=is_wanted, now=now), can=adapter.capabilities)
    if not take_supply(supply=supply, call=call, now=now):
        return False
    if not is_sent_in_time(clock() - now):
        return True
    if call in {NextCall.CANCEL, NextCall.END_EARLY}:
        _undo(supply, adapter, call, now)
    elif call is not NextCall.WAIT:
        apply_supply_answer(
            order_number=supply.order_number,
            supplier_code=supply.supplier_id,
            answer=_answer(supply, adapter, call, now),
            made=CallMade(call, supply.attempts),
            now=now,
        )
    return True


def _held_back(supply: Supply, now: datetime) -> str:
    """Return why its supplier is not called now; empty: it is. One that does not answer is still
    queried, slowly, and tried out by one order at a time. One that wants to be left alone gets no
    orders."""
    is_due = supply.state == SupplyState.DUE
    if is_due and supply.supplier.is_paused:
        return _PAUSED
    if is_due and held_until(supply.supplier_id, now=now):
        return _HELD_BACK
    breaker = breaker_of(supply.supplier_id)
    if breaker is None:
        return ""
    take_turn = try_supplier_out if is_due else take_query_turn
    return "" if take_turn(breaker=breaker, now=now) else _LEFT_ALONE


def _pass_on(supply: Supply, reason: str, now: datetime) -> bool:
    """Have another supplier asked for what one was not asked that is held back; without another,
    and with a query, it waits. Returns False if a worker was first, or it waits."""
    another = None
    if supply.state == SupplyState.DUE:
        orders = Order.objects.select_related("esim", "quote__plan")
        another = next_supplier(orders.get(number=supply.order_number), now=now)
    is_soon = reason == _HELD_BACK and not left_alone([supply.supplier_id], now=now)
    if another is None or not another.is_ready or is_soon:
        postpone_supply(supply=supply, problem=reason, until=now + _HELD_BACK_AGAIN)
        return False
    if not take_supply(supply=supply, call=NextCall.WAIT, now=now):
        return False
    apply_supply_answer(
        order_number=supply.order_number,
        supplier_code=supply.supplier_id,
        answer=Refused(failure=Failure.ANOTHER, reason=reason),
        made=CallMade(NextCall.ORDER, supply.attempts),
        now=now,
    )
    return True


def _is_wanted(supply: Supply, now: datetime) -> bool:
    """Whether it is still to be delivered: it is paid and, for a top-up, there is a bundle to
    join."""
    order = Order.objects.select_related("quote__plan").get(number=supply.order_number)
    if order.state != OrderState.PAID:
        return False
    if order.quote.plan.kind != PlanKind.TOP_UP or order.esim_id is None:
        return True
    return has_bundle_to_join(running_bundles(esim_id=order.esim_id, now=now))


def _answer(
    supply: Supply, adapter: SupplierAdapter, call: NextCall, now: datetime
) -> SupplyAnswer | Lost:
    match call:
        case NextCall.ORDER | NextCall.REORDER:
            request = supply_request(supply)
            return call_supplier(supply, call, lambda: adapter.order(request), now=now)
        case NextCall.LOOK_UP:
            handle = supply_handle(supply)
            return call_supplier(supply, call, lambda: adapter.look_up(handle), now=now)
        case _:
            return Lost("no_answer")  # Can't ask: a worker died, or there is no reference.


def _undo(supply: Supply, adapter: SupplierAdapter, call: NextCall, now: datetime) -> None:
    handle = supply_handle(supply)
    ask = adapter.cancel if call is NextCall.CANCEL else adapter.end_early
    answer = call_supplier(supply, call, lambda: ask(handle), now=now)
    apply_undo_answer(supply_id=supply.pk, answer=answer, attempt=supply.attempts, now=now)
