from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from limosa.domain.esims.operations.withdraw_bundle import withdraw_bundle
from limosa.domain.ordering.engine.bookings import REFUNDS_PAYABLE
from limosa.domain.ordering.engine.losing import lose, may_be_same_money
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.reverse_purchase import reverse_purchase
from limosa.domain.ordering.owed_refunds import owed_refunds
from limosa.domain.ordering.purchases import lock_purchase
from limosa.domain.ordering.reversible import reversible_minor
from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.engine.refund_life import MadeByHand
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    Refund,
    RefundState,
    SettledLine,
)
from limosa.domain.payments.operations.count_refunded import count_refunded
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.operations.schedule_refund_poll import schedule_refund_poll
from limosa.domain.payments.operations.settle_refund import settle_refund
from limosa.domain.payments.status_reports import SettlementKind

_ASKED_AGAIN_AFTER = timedelta(hours=1)


def book_refund_by_hand(
    *, payment: Payment, refund: Refund, amount_minor: int, now: datetime
) -> MadeByHand | None:
    """Reverse what a refund stands for that we never requested; return what it was.

    `amount_minor`: the amount that the provider confirmed when asked. It first reverses the sale,
    by the rule for our own refunds: the bundle continues while anything is left of the sale, and
    ends otherwise. An excess pays refunds that are owed, and the rest is a loss. None: it is not
    booked. While the payment is disputed it waits; and where it may be the money of a lost dispute,
    reported in both ways (engine/losing.py), the payment is shown to the operators. The caller
    holds the payment and the refund, and posts that the money has gone.
    Locks:  the payment's refunds that are owed, its order, the bundle.
    """
    if _waits_for_dispute(payment, refund, now) or _is_told_by_dispute(
        payment, refund, amount_minor
    ):
        return None
    owed = owed_refunds(payment)
    bought = lock_purchase(payment.order_number)
    money = lose(
        disputed_minor=amount_minor,
        left_minor=reversible_minor(bought=bought, payment=payment),
        owed_minor=[one.owed_minor for one in owed],
    )
    if money.reversed_minor:
        reverse_purchase(
            bought=bought,
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
    if payment.pays_order and bought.state == OrderState.REFUNDED:
        withdraw_bundle(order_number=bought.number, now=now)
    return MadeByHand(
        amount_minor=amount_minor,
        reversed_minor=money.reversed_minor,
        lost_minor=money.lost_minor,
    )


def _waits_for_dispute(payment: Payment, refund: Refund, now: datetime) -> bool:
    if not Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists():
        return False
    schedule_refund_poll(refund=refund, at=now + _ASKED_AGAIN_AFTER)
    return True


def _is_told_by_dispute(payment: Payment, refund: Refund, amount_minor: int) -> bool:
    lost = Dispute.objects.filter(payment=payment, state=DisputeState.LOST)
    went = payment.refunds.filter(state=RefundState.SUCCEEDED)
    gone_minor = sum(one.disputed_minor for one in lost) + sum(one.amount_minor for one in went)
    if not may_be_same_money(
        by_hand_minor=amount_minor,
        lost_minor=[one.disputed_minor for one in _not_listed_apart(lost, refund)],
        room_minor=payment.received_minor - gone_minor,
    ):
        return False
    # Nobody but staff can tell, unless a settlement does: compare_settlement asks again then.
    schedule_refund_poll(refund=refund, at=None)
    flag_payment(payment=payment, problem=Problem.REFUND_OR_DISPUTE)
    return True


def _not_listed_apart(lost: QuerySet[Dispute], refund: Refund) -> QuerySet[Dispute]:
    """Leave out disputes that settlements list beside the refund: that is other money."""
    lines = SettledLine.objects.filter(refund=refund, kind=SettlementKind.REFUND, dispute=None)
    if not lines.exists():
        return lost
    listed = SettledLine.objects.filter(dispute=OuterRef("pk"), kind=SettlementKind.DISPUTE)
    return lost.filter(~Exists(listed))
