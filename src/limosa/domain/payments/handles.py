"""How our rows are identified to their providers."""

from dataclasses import replace

from django.utils.crypto import salted_hmac

from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.requests import PaymentHandle, RefundHandle, RefundRequest
from limosa.domain.payments.status_reports import RefundStatusReport
from limosa.foundation.money import Money


def payment_handle(payment: Payment) -> PaymentHandle:
    """Return what identifies the payment at its provider."""
    return PaymentHandle(
        number=payment.number,
        method=payment.method,
        amount=Money(payment.amount_minor, payment.currency),
        reference=payment.reference,
        transaction_id=payment.transaction_id,
        saved_reference=payment.saved_method.reference if payment.saved_method else "",
        captures_refused=payment.captures_refused,
        is_automatic=payment.is_automatic,
    )


def refund_handle(refund: Refund) -> RefundHandle:
    """Return what identifies the refund at its provider."""
    return RefundHandle(
        number=refund.number, payment=payment_handle(refund.payment), reference=refund.reference
    )


def by_our_number(report: RefundStatusReport, refund: Refund) -> RefundStatusReport:
    """Return a report under our number: a refund by hand has a different one at the provider."""
    return replace(report, refund_number=refund.number) if refund.by_hand else report


def refund_request(refund: Refund) -> RefundRequest:
    """Return the request to the provider: the money goes back in the currency received."""
    payment = refund.payment
    return RefundRequest(
        number=refund.number,
        payment=payment_handle(payment),
        amount=Money(refund.amount_minor, payment.received_currency),
        total=Money(payment.received_minor, payment.received_currency),
        reason=refund.reason,
    )


def customer_reference(subscriber_id: int) -> str:
    """Return our identifier of a person for providers: stable, and revealing nothing about them."""
    return salted_hmac("limosa.payments.customer", str(subscriber_id)).hexdigest()[:24]
