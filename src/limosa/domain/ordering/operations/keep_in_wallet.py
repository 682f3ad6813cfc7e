from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.engine.bookings import Takings, into_wallet
from limosa.domain.ordering.engine.worth import Price, worth
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa.foundation.money import Money


def keep_in_wallet(*, payment: Payment, order: Order, now: datetime) -> None:
    """Put a payment that pays nothing into the person's wallet, as they chose, and tell them.

    It is worth there what the order's own rate says; money in a currency that was not asked for
    goes into a wallet of that currency. All of the payment counts as given back.
    Locks:  the wallet. The caller holds the payment's and the order's locks.
    """
    quote = order.quote
    received = Money(payment.received_minor, payment.received_currency)
    in_wallet = worth(
        received,
        Price(
            total=Money(quote.total_minor, quote.currency),
            asked=Money(payment.amount_minor, payment.currency),
        ),
    )
    post_entry(
        key=f"payment:{payment.number}",
        kind="unusable_payment",
        order_number=order.number,
        legs=into_wallet(
            Takings(
                provider=payment.provider,
                subscriber_id=payment.subscriber_id,
                received=received,
            ),
            worth=in_wallet,
        ),
        now=now,
    )
    payment.refunded_minor = payment.received_minor
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=payment.received_minor)
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
        path=f"/orders/{order.number}/",
        now=now,
    )
