from datetime import datetime

from limosa.domain.ordering.operations.count_use_now import count_use_now
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import UseNotKnownError
from limosa.domain.payments.calling import Caller
from limosa.domain.payments.models import Refund


def return_order(*, order_number: str, caller: Caller, now: datetime) -> Refund:
    """Refund all of an order at the person's own request, once its supplier has counted its use.

    Call it outside of transactions.
    Locks:  none during the call to the supplier; then as count_use_now, then as refund_order.
    Raises: UseNotKnownError, RefundNotAllowedError; no money moved.
    """
    if not count_use_now(order_number=order_number, caller=caller, now=now).is_clear:
        raise UseNotKnownError
    return refund_order(order_number=order_number, reason="person", now=now)
