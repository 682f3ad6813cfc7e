from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.accounts.queries import wants_wallet
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import (
    loss_made_good,
    refund_came_back,
    refund_done,
)
from limosa.domain.ordering.funds import funds_source_of
from limosa.domain.ordering.operations.book_refund_by_hand import book_refund_by_hand
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.ordering.refund_extent import gives_rest
from limosa.domain.payments.engine.problems import Mended, Problem, mended_by
from limosa.domain.payments.engine.refund_life import UNDER_WAY, MadeByHand
from limosa.domain.payments.engine.refund_news import ASKED_FIRST, Step, next_step
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund, RefundState
from limosa.domain.payments.operations.complete_refund import complete_refund
from limosa.domain.payments.operations.fail_refund import fail_refund
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.operations.schedule_refund_poll import schedule_refund_poll
from limosa.domain.payments.operations.settle_dispute import settle_dispute
from limosa.domain.payments.operations.settle_refund import settle_refund
from limosa.domain.payments.operations.take_back_refund import take_back_refund
from limosa.domain.payments.operations.unflag_payment import unflag_payment
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport
from limosa.domain.wallets.models import is_top_up

ASKED_AGAIN_AFTER = timedelta(seconds=60)


@transaction.atomic(savepoint=False)
def apply_refund_status(
    *, report: RefundStatusReport, now: datetime, is_answer: bool = True, asked_in: str = ""
) -> str:
    """Apply a provider's report on a refund, once; return the result.

    `is_answer`: the report answers our own query. `asked_in`: the refund's state when we asked; if
    the refund has ended since, the answer may be older than what ended it, and is believed no more
    than a notification. A notification that contradicts a refund which
    has ended is not believed; the provider is asked instead. A failed refund stays owed in the
    books and is shown to the operators, who may complete it at the provider; its report of success
    is then applied. A refund of another amount than ours is shown to them as well. If a refund
    succeeds after all, whatever had been settled before is booked as a loss. Money that comes back
    after it had arrived is owed again: it goes into the wallet if the person chose that for
    unapplied funds; otherwise the person is told and the operators see it. A refund by hand
    reverses the sale as one of ours does, and the operators see it.
    Locks: the payment, then the refund, lost disputes, the wallet; for a refund by hand, what
           book_refund_by_hand locks.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .filter(refunds__number=report.refund_number)
        .first()
    )
    if payment is None:
        return "unknown_refund"
    refund = Refund.objects.select_for_update().get(number=report.refund_number)
    is_answer = is_answer and not (asked_in in UNDER_WAY and refund.state in ASKED_FIRST)
    step = next_step(refund.state, report.outcome, is_answer=is_answer)
    # Keep the provider's id: the answer that contained it may have been lost, and a settlement may
    # list the refund under nothing else.
    match step:
        case Step.SUCCEED:
            return _succeed(payment, refund, report, now)
        case Step.FAIL:
            fail_refund(payment=payment, refund=refund, reference=report.reference, now=now)
            return "refund_failed"
        case Step.COME_BACK:
            return _come_back(payment, refund, report, now)
        case Step.ASK:
            schedule_refund_poll(refund=refund, at=now)
        case Step.NO_NEWS | Step.ALREADY:
            pass
    if is_answer and refund.state in ASKED_FIRST:
        _ask_later(refund, report, now)
    return step.value


def _ask_later(refund: Refund, report: RefundStatusReport, now: datetime) -> None:
    """Keep polling a refund that has ended only while the provider may still pay it."""
    may_come = report.outcome is RefundOutcome.PENDING and refund.state != RefundState.SUCCEEDED
    schedule_refund_poll(refund=refund, at=now + ASKED_AGAIN_AFTER if may_come else None)


def _succeed(payment: Payment, refund: Refund, report: RefundStatusReport, now: datetime) -> str:
    is_found = refund.state == RefundState.FOUND
    # For a refund by hand, the provider's answer is the amount it gave.
    amount_minor = (is_found and report.amount_minor) or refund.amount_minor
    if (report.amount_minor, report.currency) != (amount_minor, payment.received_currency):
        # Not what we requested: a person has to look before it is booked as done.
        flag_payment(payment=payment, problem=Problem.REFUND_DIFFERS)
        return "refund_differs"
    by_hand = None
    if is_found:
        by_hand = book_refund_by_hand(
            payment=payment, refund=refund, amount_minor=amount_minor, now=now
        )
        if by_hand is None:
            return "told_by_dispute"
    had_all = refund.state == RefundState.SETTLED
    _finish(payment, refund, report, by_hand, now)
    if is_found:
        flag_payment(payment=payment, problem=Problem.REFUND_BY_HAND)
    if had_all:
        # The books have the loss; an operator may talk to the payer or to the provider.
        flag_payment(payment=payment, problem=Problem.REFUND_TWICE)
        return "refunded_twice"
    _tell(payment, refund, now)
    return "refunded"


def _come_back(payment: Payment, refund: Refund, report: RefundStatusReport, now: datetime) -> str:
    take_back_refund(refund=refund, reference=report.reference, now=now)
    post_entry(
        key=f"refund-back:{refund.key}",
        kind="refund_came_back",
        order_number=payment.order_number,
        legs=refund_came_back(
            funds_source_of(payment, refund.amount_minor), settled_minor=refund.settled_minor
        ),
        now=now,
    )
    _make_good(payment, refund, now)
    if refund.state == RefundState.FAILED:
        _see_to_it(payment, refund, now)
    announce_order(payment.order_number)
    return "refund_came_back"


def _make_good(payment: Payment, refund: Refund, now: datetime) -> None:
    """Offset what came back against what a lost dispute had given the payer a second time."""
    lost = Dispute.objects.select_for_update(of=("self",)).filter(
        payment=payment, state=DisputeState.LOST
    )
    for dispute in lost.order_by("id"):
        part_minor = min(dispute.lost_minor, refund.owed_minor)
        if not part_minor:
            continue
        post_entry(
            key=f"refund-settled:{refund.key}:{dispute.pk}",
            kind="refund_settled",
            order_number=payment.order_number,
            legs=loss_made_good(funds_source_of(payment, part_minor)),
            now=now,
        )
        settle_dispute(dispute=dispute, settled_minor=part_minor)
        settle_refund(refund=refund, part_minor=part_minor, now=now)


def _see_to_it(payment: Payment, refund: Refund, now: datetime) -> None:
    """Give the person what came back another way, or tell them that they will get it."""
    is_disputed = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists()
    if not is_disputed and wants_wallet(payment.subscriber_id):
        put_refund_in_wallet(refund_number=refund.number, now=now)
        return
    flag_payment(payment=payment, problem=Problem.REFUND_CAME_BACK)
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"refund-came-back:{refund.key}",
        kind="refund_came_back",
        parameters={
            "order_number": payment.order_number,
            "amount_minor": refund.owed_minor,
            "currency": payment.received_currency,
        },
        now=now,
    )


def _message_kind(payment: Payment, refund: Refund) -> str:
    if not payment.pays_order:
        return "money_returned"
    if is_top_up(payment.order_number):
        return "top_up_refunded"
    return "order_refunded" if gives_rest(refund, payment) else "order_part_refunded"


def _finish(
    payment: Payment,
    refund: Refund,
    report: RefundStatusReport,
    by_hand: MadeByHand | None,
    now: datetime,
) -> None:
    complete_refund(refund=refund, reference=report.reference, by_hand=by_hand, now=now)
    if payment.problem in mended_by(Mended.REFUNDED):
        unflag_payment(payment=payment, by=Mended.REFUNDED)
    if payment.provider != "wallet":
        post_entry(
            key=f"refund:{refund.key}",
            kind="refund",
            order_number=payment.order_number,
            legs=refund_done(
                funds_source_of(payment, refund.amount_minor), settled_minor=refund.settled_minor
            ),
            now=now,
        )
    announce_order(payment.order_number)


def _tell(payment: Payment, refund: Refund, now: datetime) -> None:
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"refunded:{refund.key}",
        kind=_message_kind(payment, refund),
        parameters={
            "order_number": payment.order_number,
            "amount_minor": refund.amount_minor,
            "currency": payment.received_currency,
            "reason": refund.reason,
        },
        now=now,
    )
