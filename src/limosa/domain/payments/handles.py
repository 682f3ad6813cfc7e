"""How our rows are named to their providers."""

from dataclasses import replace

from django.utils.crypto import salted_hmac

from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.requests import PaymentHandle, RefundHandle, RefundRequest
from limosa.domain.payments.status_reports import RefundStatusReport
from limosa.foundation.money import Money


def payment_handle(payment: Payment) -> PaymentHandle:
    """Return by what the payment is found at its provider."""
    return PaymentHandle(
        number=payment.number,
        method=payment.method,
        amount=Money(payment.amount_minor, payment.currency),
        reference=payment.reference,
        transaction_id=payment.transaction_id,
        saved_reference=payment.saved_method.reference if payment.saved_method else "",
        captures_refused=payment.captures_refused,
    )


def refund_handle(refund: Refund) -> RefundHandle:
    """Return by what the refund is found at its provider."""
    return RefundHandle(
        number=refund.number, payment=payment_handle(refund.payment), reference=refund.reference
    )


def by_our_number(report: RefundStatusReport, refund: Refund) -> RefundStatusReport:
    """Return an answer about a refund by our number: one made by hand has another name there."""
    return replace(report, refund_number=refund.number) if refund.by_hand else report


def refund_request(refund: Refund) -> RefundRequest:
    """Return what the provider is asked for: the money goes back in the currency that came."""
    payment = refund.payment
    return RefundRequest(
        number=refund.number,
        payment=payment_handle(payment),
        amount=Money(refund.amount_minor, payment.received_currency),
        total=Money(payment.received_minor, payment.received_currency),
        reason=refund.reason,
    )


def customer_reference(subscriber_id: int) -> str:
    """Return our name of a person to providers: the same each time, and nobody's identity."""
    return salted_hmac("limosa.payments.customer", str(subscriber_id)).hexdigest()[:24]
