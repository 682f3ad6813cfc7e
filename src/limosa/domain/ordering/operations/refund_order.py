from datetime import datetime

from django.db import transaction

from limosa.domain.esims.operations.take_back_bundle import take_back_bundle
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locked_changes import lock_change
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.reverse_sale import reverse_sale
from limosa.domain.ordering.plan_changes import change_from
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund
from limosa.domain.payments.operations.request_refund import request_refund
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport


@transaction.atomic
def refund_order(
    *,
    order_number: str,
    reason: str,
    now: datetime,
    part_minor: int | None = None,
    is_cancelled: bool = False,
) -> Refund:
    """Refund a paid order the way its money came: all that is left, or a part.

    In full: allowed until the bundle ends, as long as none of it has been used, which is the rule
    shown at purchase; the bundle is taken back. A part (in the payment's currency, less than what
    is left) is goodwill: the bundle stays. Not while the payer disputes the payment, nor once what
    was left of it counted towards another plan. What counted towards this one stays a part of it,
    or is the former order's again once all of the money goes back (restore_change). A refund to
    the wallet arrives at once; a provider is asked by the worker. `is_cancelled`: its supplier has
    cancelled it at the person's request, so all goes back whatever was used meanwhile.
    Locks:  the payment, the order, the one whose plan it replaces, the wallet, the bundle.
    Raises: RefundNotAllowedError; nothing changed.
    """
    payment, order = _locked(order_number)
    amount_minor = _amount(order, payment, part_minor)
    reverse_sale(
        order=order,
        payment=payment,
        part_minor=amount_minor,
        # The key contains the amount refunded before, so the same step can't be posted twice.
        key=f"refund-order:{order.number}:{payment.refunded_minor}",
        place="refunds_payable",
        now=now,
    )
    # Bundles are locked last: docs/explanation/locking.md.
    if part_minor is None and not take_back_bundle(
        order_number=order.number, now=now, is_cancelled=is_cancelled
    ):
        raise RefundNotAllowedError
    refund = request_refund(payment=payment, amount_minor=amount_minor, reason=reason, now=now)
    if payment.provider == "wallet":
        _finish_at_once(refund, payment, now)
    announce_order(order.number)
    return refund


def _locked(order_number: str) -> tuple[Payment, Order]:
    payments = Payment.objects.select_for_update(of=("self",))
    payment = payments.filter(order_number=order_number, pays_order=True).first()
    if payment is None:
        raise RefundNotAllowedError
    orders = Order.objects.select_for_update(of=("self",)).select_related("quote")
    order = orders.get(number=order_number)
    lock_change(order)
    return payment, order


def _amount(order: Order, payment: Payment, part_minor: int | None) -> int:
    left_minor = payment.received_minor - payment.refunded_minor
    is_disputed = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists()
    if is_disputed or order.state not in {OrderState.PAID, OrderState.FULFILLED}:
        raise RefundNotAllowedError
    if change_from(order) is not None:
        raise RefundNotAllowedError
    if part_minor is None:
        return left_minor
    # Refunding all that is left also takes the bundle back: that is the other rule.
    if not 0 < part_minor < left_minor or order.state != OrderState.FULFILLED:
        raise RefundNotAllowedError
    return part_minor


def _finish_at_once(refund: Refund, payment: Payment, now: datetime) -> None:
    apply_refund_status(
        report=RefundStatusReport(
            refund_number=refund.number,
            payment_number=payment.number,
            outcome=RefundOutcome.SUCCEEDED,
            amount_minor=refund.amount_minor,
            currency=payment.received_currency,
        ),
        now=now,
    )
