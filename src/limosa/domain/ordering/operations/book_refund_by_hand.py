from datetime import datetime, timedelta

from limosa.domain.esims.operations.withdraw_bundle import withdraw_bundle
from limosa.domain.ordering.engine.bookings import REFUNDS_PAYABLE
from limosa.domain.ordering.engine.losing import lose
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.reverse_sale import reverse_sale
from limosa.domain.ordering.owed_refunds import owed_refunds
from limosa.domain.payments.engine.refund_life import MadeByHand
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund
from limosa.domain.payments.operations.count_refunded import count_refunded
from limosa.domain.payments.operations.schedule_refund_poll import schedule_refund_poll
from limosa.domain.payments.operations.settle_refund import settle_refund

_ASKED_AGAIN_AFTER = timedelta(hours=1)


def book_refund_by_hand(
    *, payment: Payment, refund: Refund, amount_minor: int, now: datetime
) -> MadeByHand | None:
    """Reverse what a refund stands for that we never requested; return what it was.

    `amount_minor`: the amount that the provider confirmed when asked. It first reverses the sale,
    by the rule for our own refunds: the bundle continues while anything is left of the sale, and
    ends otherwise. An excess pays refunds that are owed, and the rest is a loss. None: it does not
    count, and nothing is booked, while the payment is disputed or if a lost dispute covers as much,
    since a provider may report the same money in both ways. The caller holds the payment and the
    refund, and posts that the money has gone.
    Locks:  the payment's refunds that are owed, its order, the bundle.
    """
    if _is_told_by_dispute(payment, refund, amount_minor, now):
        return None
    owed = owed_refunds(payment)
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("quote")
        .get(number=payment.order_number)
    )
    is_sold = payment.pays_order and order.state in {OrderState.PAID, OrderState.FULFILLED}
    left_minor = payment.received_minor - payment.refunded_minor if is_sold else 0
    money = lose(
        disputed_minor=amount_minor,
        left_minor=left_minor,
        owed_minor=[one.owed_minor for one in owed],
    )
    if money.reversed_minor:
        reverse_sale(
            order=order,
            payment=payment,
            part_minor=money.reversed_minor,
            key=f"refund-by-hand:{refund.number}",
            place=REFUNDS_PAYABLE,
            now=now,
        )
        count_refunded(payment=payment, part_minor=money.reversed_minor)
    for one, part_minor in zip(owed, money.settled_minor, strict=True):
        if part_minor:
            settle_refund(refund=one, part_minor=part_minor, now=now)
    if payment.pays_order and order.state == OrderState.REFUNDED:
        withdraw_bundle(order_number=order.number, now=now)
    return MadeByHand(
        amount_minor=amount_minor,
        reversed_minor=money.reversed_minor,
        lost_minor=money.lost_minor,
    )


def _is_told_by_dispute(payment: Payment, refund: Refund, amount_minor: int, now: datetime) -> bool:
    disputes = Dispute.objects.filter(payment=payment)
    if disputes.filter(state=DisputeState.OPEN).exists():
        schedule_refund_poll(refund=refund, at=now + _ASKED_AGAIN_AFTER)
        return True
    lost = sum(one.disputed_minor for one in disputes.filter(state=DisputeState.LOST))
    if lost < amount_minor:
        return False
    schedule_refund_poll(refund=refund, at=None)
    return True
