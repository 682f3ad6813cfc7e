"""The request bodies of our calls to PayPal.

Source: Orders v2, "Create order" and "Capture payment for order"; Payments v2, "Refund".
"""

from typing import Any

from limosa.domain.payments.providers.paypal.fields import write_money
from limosa.domain.payments.requests import SAVED, PaymentHandle, PaymentRequest, RefundRequest

DESCRIPTION_LENGTH_MAX = 127
NOTE_LENGTH_MAX = 255
CUSTOMER_LENGTH_MAX = 64
BRAND_NAME = "Limosa"
# PayPal's locales for our languages; for any other language PayPal uses the payer's own.
LOCALES = {"en": "en-US", "es": "es-ES", "zh-hans": "zh-CN", "zh-hant": "zh-TW"}


def order_body(request: PaymentRequest) -> dict[str, Any]:
    """Return an order to be captured. One for a saved method names no source: `capture` does."""
    body: dict[str, Any] = {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "invoice_id": request.number,
                "custom_id": request.number,
                "description": request.description[:DESCRIPTION_LENGTH_MAX],
                "amount": write_money(request.amount),
            }
        ],
    }
    if request.method != SAVED:
        body["payment_source"] = {"paypal": _wallet(request)}
    return body


def capture_body(payment: PaymentHandle) -> dict[str, Any]:
    """Return the body of a capture: the saved account that pays, charged at its owner's request, or
    at ours as its owner agreed."""
    if not payment.saved_reference:
        return {}
    credential = {
        "payment_initiator": "MERCHANT" if payment.is_automatic else "CUSTOMER",
        "usage": "SUBSEQUENT",
        "usage_pattern": "SUBSCRIPTION_PREPAID" if payment.is_automatic else "IMMEDIATE",
    }
    wallet = {"vault_id": payment.saved_reference, "stored_credential": credential}
    return {"payment_source": {"paypal": wallet}}


def refund_body(request: RefundRequest) -> dict[str, Any]:
    """Return a refund: with its own number and the payment's, by which its notification is
    matched."""
    return {
        "amount": write_money(request.amount),
        "invoice_id": request.number,
        "custom_id": request.payment.number,
        "note_to_payer": request.reason[:NOTE_LENGTH_MAX],
    }


def _wallet(request: PaymentRequest) -> dict[str, Any]:
    context = {
        "brand_name": BRAND_NAME,
        "landing_page": "NO_PREFERENCE",
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        # The bundle is delivered at once, so an eCheck, which takes days, is not offered.
        "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
        "return_url": request.return_url,
        "cancel_url": request.return_url,
    }
    locale = LOCALES.get(request.language.casefold())
    if locale:
        context["locale"] = locale
    wallet: dict[str, Any] = {"experience_context": context}
    if request.save_method:
        wallet["attributes"] = {
            "customer": {"merchant_customer_id": request.customer_reference[:CUSTOMER_LENGTH_MAX]},
            "vault": {
                "store_in_vault": "ON_SUCCESS",
                "usage_type": "MERCHANT",
                "customer_type": "CONSUMER",
                "usage_pattern": "UNSCHEDULED_PREPAID",
            },
        }
    return wallet
