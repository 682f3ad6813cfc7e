from datetime import datetime

from django.db import transaction

from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.release_change import release_change
from limosa.domain.ordering.purchases import lock_purchase
from limosa.domain.payments.models import OPEN_STATES, Payment
from limosa.domain.payments.operations.cancel_payment import cancel_payment
from limosa.domain.payments.operations.schedule_payment_poll import schedule_payment_poll
from limosa.domain.promotions.operations.give_back_code_use import give_back_code_use
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.cancel_top_up import cancel_top_up


@transaction.atomic
def cancel_order(*, order_number: str, now: datetime) -> bool:
    """Cancel an unpaid order or top-up; return False if it is no longer unpaid.

    Its open payments are polled at once, which closes them at the provider; money that arrives
    anyway goes back in full. What was kept for it of another plan is free again, and a use of a
    promotion code that it took is given back.
    Locks: the payments, then the order or the top-up; then as give_back_code_use.
    """
    payments = list(
        Payment.objects.select_for_update().filter(order_number=order_number).order_by("id")
    )
    order = lock_purchase(order_number)
    if order.state != OrderState.PLACED:
        return False
    if isinstance(order, WalletTopUp):
        cancel_top_up(top_up=order, now=now)
    else:
        order.state = OrderState.CANCELLED
        order.closed_at = now
        order.save(update_fields=["state", "closed_at"])
        release_change(order=order, now=now)
        give_back_code_use(order_number=order.number, now=now)
    for payment in payments:
        if payment.state not in OPEN_STATES:
            continue
        if payment.provider == "wallet":
            cancel_payment(payment=payment)
        else:
            schedule_payment_poll(payment=payment, at=now)
    announce_order(order_number)
    return True
