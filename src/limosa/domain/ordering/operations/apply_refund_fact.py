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
from limosa.domain.ordering.engine.refund_news import ASKED_FIRST, Step, next_step
from limosa.domain.ordering.operations.book_refund_by_hand import book_refund_by_hand
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.ordering.operations.settle_refund import settle_refund
from limosa.domain.ordering.refund_extent import gives_rest
from limosa.domain.ordering.takings import takings_of
from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund, RefundState

ASKED_AGAIN_AFTER = timedelta(seconds=60)
_MENDED = ("refund_failed", "refund_came_back", "refund_refused", "refund_differs")


@transaction.atomic(savepoint=False)
def apply_refund_fact(*, fact: RefundFact, now: datetime, is_answer: bool = True) -> str:
    """Apply what a provider says of a refund, once; return what became of it.

    `is_answer`: the fact is the provider's answer to our own question. A notification that says
    otherwise of a refund that has ended is not believed: the provider is asked for it.
    A failed refund stays owed in the books, and is shown to the operators; they may finish it at
    the provider, whose word of success is then applied. So is one of another amount than ours.
    Of one that succeeds after all, what was settled before is booked as a loss. Money that comes
    back after it had arrived is owed again: it goes into the wallet of whoever chose that for
    money that can't be used; others are told, and the operators see it. One that was made at the
    provider by hand undoes the sale as one of ours does, and the operators see it.
    Locks: the payment, then the refund, lost disputes, the wallet; of one made by hand, what
           book_refund_by_hand locks.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .filter(refunds__number=fact.refund_number)
        .first()
    )
    if payment is None:
        return "unknown_refund"
    refund = Refund.objects.select_for_update().get(number=fact.refund_number)
    # The answer that named it may have been lost; a settlement may know it by nothing else.
    refund.reference = refund.reference or fact.reference
    step = next_step(refund.state, fact.outcome, is_answer=is_answer)
    match step:
        case Step.SUCCEED:
            return _succeed(payment, refund, fact, now)
        case Step.FAIL:
            return _fail(payment, refund, now)
        case Step.COME_BACK:
            return _come_back(payment, refund, now)
        case Step.ASK:
            Refund.objects.filter(pk=refund.pk).update(next_try_at=now)
        case Step.NO_NEWS | Step.ALREADY:
            pass
    if is_answer and refund.state in ASKED_FIRST:
        _ask_later(refund, fact, now)
    return step.value


def _ask_later(refund: Refund, fact: RefundFact, now: datetime) -> None:
    """Go on asking for one that has ended only while the provider may still give the money."""
    may_come = fact.outcome is RefundOutcome.PENDING and refund.state != RefundState.SUCCEEDED
    Refund.objects.filter(pk=refund.pk).update(
        next_try_at=now + ASKED_AGAIN_AFTER if may_come else None
    )


def _succeed(payment: Payment, refund: Refund, fact: RefundFact, now: datetime) -> str:
    is_found = refund.state == RefundState.FOUND
    if is_found:  # What the provider answers is what it gave.
        refund.amount_minor = fact.amount_minor or refund.amount_minor
    if (fact.amount_minor, fact.currency) != (refund.amount_minor, payment.received_currency):
        # Not what we asked for: a person has to look before the books say that it is done.
        Payment.objects.filter(pk=payment.pk).update(problem="refund_differs")
        return "refund_differs"
    if is_found and not book_refund_by_hand(payment=payment, refund=refund, now=now):
        return "told_by_dispute"
    had_all = refund.state == RefundState.SETTLED
    _finish(payment, refund, now)
    if is_found:
        Payment.objects.filter(pk=payment.pk).update(problem="refund_by_hand")
    if had_all:
        # The books have the loss; whoever sees it may talk to the payer or to the provider.
        Payment.objects.filter(pk=payment.pk).update(problem="refund_twice")
        return "refunded_twice"
    _tell(payment, refund, now)
    return "refunded"


def _fail(payment: Payment, refund: Refund, now: datetime) -> str:
    refund.state = RefundState.FAILED
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    # An open dispute is looked at first; its end brings this back (apply_dispute_fact).
    Payment.objects.filter(pk=payment.pk).exclude(problem="disputed").update(
        problem="refund_failed"
    )
    return "refund_failed"


def _come_back(payment: Payment, refund: Refund, now: datetime) -> str:
    refund.came_back += 1
    post_entry(
        key=f"refund-back:{refund.key}",
        kind="refund_came_back",
        order_number=payment.order_number,
        legs=refund_came_back(
            takings_of(payment, refund.amount_minor), settled_minor=refund.settled_minor
        ),
        now=now,
    )
    refund.state = RefundState.FAILED if refund.owed_minor else RefundState.SETTLED
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    _make_good(payment, refund, now)
    if refund.state == RefundState.FAILED:
        _see_to_it(payment, refund, now)
    announce_order(payment.order_number)
    return "refund_came_back"


def _make_good(payment: Payment, refund: Refund, now: datetime) -> None:
    """Settle what came back by what a lost dispute had given the payer a second time."""
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
            legs=loss_made_good(takings_of(payment, part_minor)),
            now=now,
        )
        dispute.settled_minor += part_minor
        dispute.save(update_fields=["settled_minor"])
        settle_refund(refund=refund, part_minor=part_minor, now=now)


def _see_to_it(payment: Payment, refund: Refund, now: datetime) -> None:
    """Have the person get by another way what came back, or tell them that they will."""
    is_disputed = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists()
    if not is_disputed and wants_wallet(payment.subscriber_id):
        put_refund_in_wallet(refund_number=refund.number, now=now)
        return
    # An open dispute is looked at first; its end brings this back (apply_dispute_fact).
    Payment.objects.filter(pk=payment.pk).exclude(problem="disputed").update(
        problem="refund_came_back"
    )
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
    return "order_refunded" if gives_rest(refund, payment) else "order_part_refunded"


def _finish(payment: Payment, refund: Refund, now: datetime) -> None:
    refund.state = RefundState.SUCCEEDED
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    if payment.problem in _MENDED:
        payment.problem = ""
        payment.save(update_fields=["problem"])
    if payment.provider != "wallet":
        post_entry(
            key=f"refund:{refund.key}",
            kind="refund",
            order_number=payment.order_number,
            legs=refund_done(
                takings_of(payment, refund.amount_minor), settled_minor=refund.settled_minor
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
