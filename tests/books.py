"""What must hold of the books when all is quiet: the invariants F1 to F8, in one place."""

from collections import Counter

from django.db.models import Sum

from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.queries import balance_of, trial_balance, wallet_drifts
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import InboxMessage, Payment, PaymentState, RefundState


def check_books(*, provider: str, net_minor: int, currency: str = "CNY") -> None:
    """Raise AssertionError unless the books are as they must be.

    net_minor: what the provider says it took for us, less what it gave back.
    """
    totals: Counter[str] = Counter()
    for row in trial_balance():
        totals[row.currency] += row.balance_minor
    assert not any(totals.values()), totals
    assert wallet_drifts() == []
    assert usage_drifts() == []
    assert balance_of(code=f"clearing:{provider}:{currency}") == net_minor  # F1
    assert balance_of(code=f"refunds_payable:{provider}:{currency}") == 0
    assert balance_of(code=f"suspense:{currency}") == 0  # F7
    assert not InboxMessage.objects.filter(result="").exists()  # F3
    for order in Order.objects.all():
        _check_order(order)
    for payment in Payment.objects.filter(state=PaymentState.SUCCEEDED):
        _check_payment(payment)
    _check_deferred()


def _check_order(order: Order) -> None:
    """F2: paid ⇔ fulfilled once, or paid back."""
    paying = Payment.objects.filter(order_number=order.number, pays_order=True).count()
    bundles = Bundle.objects.filter(order_number=order.number).exclude(state="refunded").count()
    if order.state == OrderState.FULFILLED:
        assert (paying, bundles) == (1, 1)
    else:
        assert bundles == 0
        assert paying == (1 if order.state == OrderState.REFUNDED else 0)


def _check_payment(payment: Payment) -> None:
    """F4, F6: what pays nothing went back in full; refunds never exceed receipts."""
    done = (
        payment.refunds.filter(state=RefundState.SUCCEEDED).aggregate(all=Sum("amount_minor"))[
            "all"
        ]
        or 0
    )
    assert done <= payment.received_minor
    if not payment.pays_order:
        assert done == payment.received_minor


def _check_deferred() -> None:
    """F8: what is deferred is what was paid, less tax, less what was earned."""
    wanted: Counter[str] = Counter()
    for order in Order.objects.filter(state=OrderState.FULFILLED).select_related("quote"):
        quote = order.quote
        wanted[quote.currency] += quote.total_minor - quote.tax_minor - order.earned_minor
    for currency, minor in wanted.items():
        assert -balance_of(code=f"deferred_revenue:{currency}") == minor
