from datetime import datetime

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.models import OPEN_STATES, Payment
from limosa.domain.payments.operations.lease_payment import lease_payment
from limosa.domain.payments.schedule import CLOSE_GRACE
from limosa.domain.wallets.models import TopUpState, WalletTopUp


def poll_due_payments(*, now: datetime, most: int = 50) -> int:
    """Poll the payments that are due; return how many were polled.

    Each is leased first, so two workers never poll the same one at once.
    """
    due = Payment.objects.filter(next_poll_at__lte=now).order_by("next_poll_at")
    asked = 0
    for payment in due[:most]:
        if lease_payment(payment=payment, now=now):
            poll_payment(payment_number=payment.number, now=now)
            asked += 1
    _cancel_expired(now, most)
    return asked


def _cancel_expired(now: datetime, most: int) -> None:
    """Cancel unpaid orders and top-ups that have expired and that have no open payment left."""
    orders = (
        Order.objects.filter(state=OrderState.PLACED, quote__expires_at__lte=now - CLOSE_GRACE)
        .order_by("placed_at")
        .values_list("number", flat=True)
    )
    top_ups = (
        WalletTopUp.objects.filter(state=TopUpState.PLACED, expires_at__lte=now - CLOSE_GRACE)
        .order_by("expires_at")
        .values_list("number", flat=True)
    )
    for number in [*orders[:most], *top_ups[:most]]:
        is_open = (
            Payment.objects.filter(order_number=number, state__in=OPEN_STATES)
            .exclude(provider="wallet")
            .exists()
        )
        if not is_open:
            cancel_order(order_number=number, now=now)
