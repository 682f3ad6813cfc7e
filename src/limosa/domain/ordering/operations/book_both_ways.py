from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import refund_came_back, refund_done
from limosa.domain.ordering.funds import funds_source_of
from limosa.domain.payments.models import Payment, Refund, RefundState, SettledLine
from limosa.domain.payments.operations.count_way_back import count_way_back
from limosa.domain.payments.status_reports import SettlementKind

_NEVER_ARRIVED = {RefundState.FAILED, RefundState.SETTLED}
_BOTH_WAYS = {SettlementKind.REFUND.value, SettlementKind.REFUND_REVERSAL.value}


@transaction.atomic
def book_both_ways(*, refund_number: str, now: datetime) -> bool:
    """Book that the money of a failed refund left and came back; return whether it was booked.

    A provider may debit our balance for a refund and credit it again when the refund fails, without
    ever having reported success. Once its settlements list both, the books do too, as for a refund
    that came back after it had arrived. What is owed stays owed, and nobody is notified.
    Locks:  the payment, then the refund.
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(refunds__number=refund_number)
    refund = Refund.objects.select_for_update().get(number=refund_number)
    if refund.state not in _NEVER_ARRIVED or refund.came_back:
        return False
    listed = SettledLine.objects.filter(refund=refund, kind__in=_BOTH_WAYS)
    if set(listed.values_list("kind", flat=True)) != _BOTH_WAYS:
        return False
    source = funds_source_of(payment, refund.amount_minor)
    _post(
        f"refund:{refund.key}",
        "refund",
        refund_done(source, settled_minor=refund.settled_minor),
        payment,
        now,
    )
    count_way_back(refund=refund)
    _post(
        f"refund-back:{refund.key}",
        "refund_came_back",
        refund_came_back(source, settled_minor=refund.settled_minor),
        payment,
        now,
    )
    return True


def _post(key: str, kind: str, legs: list[Leg], payment: Payment, now: datetime) -> None:
    post_entry(key=key, kind=kind, order_number=payment.order_number, legs=legs, now=now)
