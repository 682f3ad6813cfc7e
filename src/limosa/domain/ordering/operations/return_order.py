from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.operations.ask_to_take_back import ask_to_take_back
from limosa.domain.esims.engine.bundle_life import may_be_returned
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.locking import lock_order
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.count_use_now import count_use_now
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import (
    NotTakenBackError,
    RefundNotAllowedError,
    UnpaidOrderInWayError,
    UseNotKnownError,
)
from limosa.domain.ordering.returns import Returning, returning_of
from limosa.domain.ordering.shared_esims import is_for_others
from limosa.domain.payments.calling import Caller
from limosa.domain.payments.models import Refund
from limosa.domain.payments.queries import open_disputes


def return_order(*, order_number: str, caller: Caller, now: datetime) -> Refund | None:
    """Return an order at the person's own request, once its supplier has counted its use: refund
    all of it, or have the supplier asked to cancel it, which the money follows (None).

    Asking again while the supplier is asked changes nothing. Call it outside of transactions.
    Locks:  none during the call to the supplier; then as count_use_now, then the payment, the
            order, its supply, or as refund_order.
    Raises: UseNotKnownError, RefundNotAllowedError, NotTakenBackError (UnpaidOrderInWayError as
            long as another order for the eSIM can be paid); no money moved.
    """
    order = Order.objects.select_related("esim").get(number=order_number)
    returning = returning_of(order, now=now)
    if returning.is_asked:
        return None
    if order.state != OrderState.FULFILLED:
        raise RefundNotAllowedError
    if returning.way is ReturnWay.BY_STAFF:
        raise _not_taken_back(returning)
    if not count_use_now(order_number=order_number, caller=caller, now=now).is_clear:
        raise UseNotKnownError
    with transaction.atomic():
        return _return(lock_order(order_number), now)


def _return(order: Order, now: datetime) -> Refund | None:
    if order.state != OrderState.FULFILLED:
        raise RefundNotAllowedError
    returning = returning_of(order, now=now)
    if returning.way is ReturnWay.AT_ONCE:
        return refund_order(order_number=order.number, reason="person", now=now)
    if returning.is_asked:
        return None
    bundle = Bundle.objects.filter(order_number=order.number).first()
    if bundle is None or not may_be_returned(bundle, now=now):
        raise RefundNotAllowedError
    if open_disputes(order.number).exists():
        raise RefundNotAllowedError
    is_possible = returning.way is ReturnWay.ASKED
    if not is_possible or not ask_to_take_back(order_number=order.number, now=now):
        raise _not_taken_back(returning)
    # Another order may have been paid since: from here on, none is put on the eSIM.
    esim = Esim.objects.select_for_update(of=("self",)).get(pk=bundle.esim_id)
    if is_for_others(esim, order, now=now):
        raise NotTakenBackError
    announce_order(order.number)
    return None


def _not_taken_back(returning: Returning) -> NotTakenBackError:
    if returning.in_way is None:
        return NotTakenBackError()
    return UnpaidOrderInWayError(returning.in_way.quote.expires_at)
