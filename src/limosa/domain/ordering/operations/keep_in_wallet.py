from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.engine.bookings import into_wallet
from limosa.domain.ordering.engine.worth import worth
from limosa.domain.ordering.funds import funds_source_of, price_of
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.models import Payment
from limosa.domain.payments.operations.count_refunded import count_refunded


def keep_in_wallet(*, payment: Payment, order: Purchase, now: datetime) -> None:
    """Put unapplied funds into the person's wallet, as they chose, and notify them.

    They are converted at the order's own rate; money in a currency that was not requested goes into
    a wallet of that currency. The whole payment counts as refunded.
    Locks:  the wallet. The caller holds the payment's and the order's locks.
    """
    source = funds_source_of(payment, payment.received_minor)
    in_wallet = worth(source.received, price_of(payment, order.total))
    post_entry(
        key=f"payment:{payment.number}",
        kind="unapplied_payment",
        order_number=order.number,
        legs=into_wallet(source, worth=in_wallet),
        now=now,
    )
    count_refunded(payment=payment, part_minor=payment.received_minor)
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"in-wallet:{payment.number}",
        kind="money_in_wallet",
        parameters={
            "order_number": order.number,
            "amount_minor": in_wallet.amount_minor,
            "currency": in_wallet.currency,
            "reason": payment.problem,
        },
        now=now,
    )
