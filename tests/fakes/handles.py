"""Payments and refunds as a provider is asked for them, when only the number matters."""

from limosa.domain.payments.requests import PaymentHandle, RefundHandle, RefundRequest
from limosa.foundation.money import Money

ONE_YUAN = Money(100, "CNY")


def payment_named(number: str, *, amount: Money = ONE_YUAN) -> PaymentHandle:
    """Return the handle of a payment."""
    return PaymentHandle(number=number, method="native", amount=amount)


def refund_named(number: str) -> RefundHandle:
    """Return the handle of a refund."""
    return RefundHandle(number=number, payment=payment_named(""))


def refund_of(
    payment_number: str, *, number: str, amount: Money, total: Money, reason: str = "test"
) -> RefundRequest:
    """Return what a refund is asked for with."""
    return RefundRequest(
        number=number,
        payment=payment_named(payment_number, amount=total),
        amount=amount,
        total=total,
        reason=reason,
    )
