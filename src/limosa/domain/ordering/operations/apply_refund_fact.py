from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import Takings, refund_done
from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.foundation.money import Money

_MENDED = ("refund_failed", "refund_refused")


@transaction.atomic(savepoint=False)
def apply_refund_fact(*, fact: RefundFact, now: datetime) -> str:
    """Apply what a provider says of a refund, once; return what became of it.

    A failed refund stays owed in the books, and is shown to the operators; they may finish it at
    the provider, whose word of success is then applied.
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
    if fact.outcome is RefundOutcome.SUCCEEDED:
        _finish(payment, refund, now)
        return "refunded"
    if fact.outcome is RefundOutcome.FAILED and refund.state != RefundState.FAILED:
        refund.state = RefundState.FAILED
        refund.finished_at = now
        refund.next_try_at = None
        refund.save()
        payment.problem = "refund_failed"
        payment.save(update_fields=["problem"])
        return "refund_failed"
    return "no_news"


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
        kind="order_refunded" if payment.pays_order else "money_returned",
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
