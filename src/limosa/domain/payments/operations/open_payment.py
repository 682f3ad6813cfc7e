from datetime import datetime

from limosa.domain.payments.models import OPEN_STATES, Payment, SavedMethod
from limosa.domain.payments.queries import WALLET
from limosa.domain.payments.requests import AmountDue, PaymentMethodChoice
from limosa.domain.payments.schedule import next_poll_at
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code


def open_payment(
    *, due: AmountDue, choice: PaymentMethodChoice, saved: SavedMethod | None, now: datetime
) -> Payment | None:
    """Return the payment by which an amount that is due can be paid this way: a new one, `created`,
    or the one that is open already. None: that one was settled a moment ago.

    Pressing twice, even at the same moment, gives the same: the table keeps one open payment of an
    order, provider and method. It is asked for by the schedule from now on, but for a wallet's.
    `saved`: the kept method that is to be charged. Calls nobody.
    """
    payment = Payment(
        number=f"LM{random_code(22)}",
        order_number=due.order_number,
        subscriber_id=due.subscriber_id,
        provider=choice.provider,
        method=choice.method,
        save_wanted=choice.save and saved is None,
        saved_method=saved,
        amount_minor=due.amount.amount_minor,
        currency=due.amount.currency,
        created_at=now,
        expires_at=due.until,
    )
    if choice.provider != WALLET:
        payment.next_poll_at = next_poll_at(payment, now=now)
    if insert_row_once(payment):
        return payment
    return (
        Payment.objects.select_related("saved_method")
        .filter(
            order_number=due.order_number,
            provider=choice.provider,
            method=choice.method,
            state__in=OPEN_STATES,
        )
        .first()
    )
