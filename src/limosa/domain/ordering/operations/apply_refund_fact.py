from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import Takings, refund_done
from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.foundation.money import Money

_MENDED = ("refund_failed", "refund_refused", "refund_differs")


@transaction.atomic(savepoint=False)
def apply_refund_fact(*, fact: RefundFact, now: datetime) -> str:
    """Apply what a provider says of a refund, once; return what became of it.

    A failed refund stays owed in the books, and is shown to the operators; they may finish it at
    the provider, whose word of success is then applied. So is one of another amount than ours.
    Locks: the payment, then the refund.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .filter(refunds__number=fact.refund_number)
        .first()
    )
    if payment is None:
        return "unknown_refund"
    refund = Refund.objects.select_for_update().get(number=fact.refund_number)
    if refund.state == RefundState.SUCCEEDED:
        return "already_applied"
    match fact.outcome:
        case RefundOutcome.SUCCEEDED:
            return _succeed(payment, refund, fact, now)
        case RefundOutcome.FAILED if refund.state != RefundState.FAILED:
            return _fail(payment, refund, now)
        case _:
            return "no_news"


def _succeed(payment: Payment, refund: Refund, fact: RefundFact, now: datetime) -> str:
    if (fact.amount_minor, fact.currency) != (refund.amount_minor, payment.received_currency):
        # Not what we asked for: a person has to look before the books say that it is done.
        Payment.objects.filter(pk=payment.pk).update(problem="refund_differs")
        return "refund_differs"
    _finish(payment, refund, now)
    return "refunded"


def _fail(payment: Payment, refund: Refund, now: datetime) -> str:
    refund.state = RefundState.FAILED
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    payment.problem = "refund_failed"
    payment.save(update_fields=["problem"])
    return "refund_failed"


def _message_kind(payment: Payment) -> str:
    if not payment.pays_order:
        return "money_returned"
    is_whole = payment.refunded_minor == payment.received_minor
    return "order_refunded" if is_whole else "order_part_refunded"


def _finish(payment: Payment, refund: Refund, now: datetime) -> None:
    refund.state = RefundState.SUCCEEDED
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    if payment.problem in _MENDED:
        payment.problem = ""
        payment.save(update_fields=["problem"])
    amount = Money(refund.amount_minor, payment.received_currency)
    if payment.provider != "wallet":
        post_entry(
            key=f"refund:{refund.number}",
            kind="refund",
            order_number=payment.order_number,
            legs=refund_done(
                Takings(
                    provider=payment.provider,
                    subscriber_id=payment.subscriber_id,
                    received=amount,
                )
            ),
            now=now,
        )
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"refunded:{refund.number}",
        kind=_message_kind(payment),
        parameters={
            "order_number": payment.order_number,
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
            "reason": refund.reason,
        },
        path=f"/orders/{payment.order_number}/",
        now=now,
    )
    announce_order(payment.order_number)
