from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.operations.reverse_purchase import reverse_purchase
from limosa.domain.ordering.purchases import lock_purchase
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.ordering.reversible import reversible_minor
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund
from limosa.domain.payments.operations.request_refund import request_refund


@transaction.atomic
def refund_top_up(
    *, number: str, reason: str, now: datetime, part_minor: int | None = None
) -> Refund:
    """Refund a top-up the way its money came: what is still in the wallet of it, or a part of that.

    `part_minor`: in the payment's currency. Not while the payer disputes the payment. The worker
    asks the provider.
    Locks:  the payment, the top-up, the wallet.
    Raises: RefundNotAllowedError; nothing changed.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .filter(order_number=number, pays_order=True)
        .first()
    )
    if payment is None:
        raise RefundNotAllowedError
    top_up = lock_purchase(number)
    most_minor = reversible_minor(bought=top_up, payment=payment)
    amount_minor = most_minor if part_minor is None else part_minor
    is_disputed = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists()
    if is_disputed or not 0 < amount_minor <= most_minor:
        raise RefundNotAllowedError
    reverse_purchase(
        bought=top_up,
        payment=payment,
        part_minor=amount_minor,
        # The key contains the amount refunded before, so the same step can't be posted twice.
        key=f"refund-order:{number}:{payment.refunded_minor}",
        place="refunds_payable",
        now=now,
    )
    refund = request_refund(payment=payment, amount_minor=amount_minor, reason=reason, now=now)
    announce_order(number)
    return refund
