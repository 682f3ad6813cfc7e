from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import refund_in_wallet
from limosa.domain.ordering.engine.worth import worth
from limosa.domain.ordering.funds import funds_source_of, price_of
from limosa.domain.ordering.purchases import purchase
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.engine.problems import Mended
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund, RefundState
from limosa.domain.payments.operations.settle_refund import settle_refund
from limosa.domain.payments.operations.unflag_payment import unflag_payment


@transaction.atomic
def put_refund_in_wallet(*, refund_number: str, now: datetime) -> Refund:
    """Credit what is owed of a failed refund to the person's wallet, and notify them.

    It is converted at the order's own rate. Not while the payer disputes the payment: their bank
    may give them the same money.
    Locks:  the payment, the refund, the wallet.
    Raises: RefundNotAllowedError; nothing changed. Refund.DoesNotExist.
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(refunds__number=refund_number)
    refund = Refund.objects.select_for_update(of=("self",)).get(number=refund_number)
    disputes = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN)
    if refund.state != RefundState.FAILED or disputes.exists():
        raise RefundNotAllowedError
    owed = funds_source_of(payment, refund.owed_minor)
    total = purchase(payment.order_number).total
    in_wallet = worth(owed.received, price_of(payment, total))
    post_entry(
        key=f"refund-in-wallet:{refund.key}",
        kind="refund_in_wallet",
        order_number=payment.order_number,
        legs=refund_in_wallet(owed, worth=in_wallet),
        now=now,
    )
    settle_refund(refund=refund, part_minor=refund.owed_minor, in_wallet=True, now=now)
    unflag_payment(payment=payment, by=Mended.IN_WALLET)
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"refund-in-wallet:{refund.key}",
        kind="money_in_wallet",
        parameters={
            "order_number": payment.order_number,
            "amount_minor": in_wallet.amount_minor,
            "currency": in_wallet.currency,
            "reason": "refund",
        },
        now=now,
    )
    announce_order(payment.order_number)
    return refund
