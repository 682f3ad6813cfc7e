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
    """Return a payment for this amount and method: a new one, `created`, or the one that is already
    open. None: that one has just been settled.

    Submitting twice, even at the same moment, returns the same one: a constraint allows one open
    payment per order, provider and method. Unless it is from the wallet, it is polled on schedule
    from now on. `saved`: the saved method to charge. Makes no outside calls.
    """
    payment = Payment(
        number=f"LM{random_code(22)}",
        order_number=due.order_number,
        subscriber_id=due.subscriber_id,
        provider=choice.provider,
        method=choice.method,
        save_wanted=choice.save and saved is None,
        saved_method=saved,
        is_automatic=choice.is_automatic,
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
