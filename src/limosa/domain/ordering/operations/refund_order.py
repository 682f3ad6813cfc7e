from datetime import datetime

from django.db import transaction

from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import Takings, paid_back
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_refund_fact import apply_refund_fact
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.operations.request_refund import request_refund
from limosa.foundation.money import Money


@transaction.atomic
def refund_order(*, order_number: str, reason: str, now: datetime) -> Refund:
    """Undo a paid order in full and send the money back by the way it came.

    Allowed until its end while nothing of it has been used: that is the rule shown at purchase.
    From the wallet it is back at once; a provider is asked by the worker.
    Locks:  the payment, the order, the wallet, the bundle.
    Raises: RefundNotAllowedError; nothing changed.
    """
    payment = (
        Payment.objects.select_for_update()
        .filter(order_number=order_number, pays_order=True)
        .first()
    )
    if payment is None:
        raise RefundNotAllowedError
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("quote")
        .get(number=order_number)
    )
    if order.state not in {OrderState.PAID, OrderState.FULFILLED}:
        raise RefundNotAllowedError
    _post(order, payment, now)
    _take_back_bundle(order, now)  # Bundles are locked last: docs/explanation/locking.md.
    order.state = OrderState.REFUNDED
    order.closed_at = now
    order.earned_minor = 0
    order.next_earning_at = None
    order.save()
    refund = request_refund(
        payment=payment, amount_minor=payment.received_minor, reason=reason, now=now
    )
    if payment.provider == "wallet":
        _finish_at_once(refund, payment, now)
    announce_order(order.number)
    return refund


def _post(order: Order, payment: Payment, now: datetime) -> None:
    quote = order.quote
    post_entry(
        key=f"refund-order:{order.number}",
        kind="refund_request",
        order_number=order.number,
        legs=paid_back(
            Takings(
                provider=payment.provider,
                subscriber_id=payment.subscriber_id,
                received=Money(payment.received_minor, payment.received_currency),
            ),
            total=Money(quote.total_minor, quote.currency),
            tax_minor=quote.tax_minor,
            earned_minor=order.earned_minor,
        ),
        now=now,
    )


def _take_back_bundle(order: Order, now: datetime) -> None:
    bundle = Bundle.objects.select_for_update().filter(order_number=order.number).first()
    if bundle is None:
        return
    # The worker may not have written yet that its time is over.
    is_over = bundle.ends_at is not None and bundle.ends_at <= now
    if bundle.used_bytes or is_over or bundle.state not in OPEN_STATES:
        raise RefundNotAllowedError
    bundle.state = BundleState.REFUNDED
    bundle.ended_at = now
    bundle.save(update_fields=["state", "ended_at"])


def _finish_at_once(refund: Refund, payment: Payment, now: datetime) -> None:
    apply_refund_fact(
        fact=RefundFact(
            refund_number=refund.number,
            payment_number=payment.number,
            outcome=RefundOutcome.SUCCEEDED,
        ),
        now=now,
    )
