"""The parameters of each call. The same request always gives the same ones.

Source: docs.stripe.com/api, the page of each call.
"""

import re
from datetime import timedelta
from typing import Any

from limosa.domain.payments.providers.stripe import wire
from limosa.domain.payments.requests import SAVED, PaymentRequest, RefundRequest
from limosa.foundation.errors import LocalProtocolError

# Stripe requires at least 30 minutes from the moment of the call. We close earlier ourselves.
SESSION_LIFE = timedelta(minutes=60)
DESCRIPTION_LENGTH_MAX = 250
METADATA_LENGTH_MAX = 500
LOCALES = {"zh-hans": "zh", "zh-hant": "zh-TW", "en": "en", "es": "es"}
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)
_SAVED_REFERENCE = re.compile(r"(cus_[0-9A-Za-z]{3,60}):(pm_[0-9A-Za-z]{3,60})", re.ASCII)

Params = dict[str, Any]


def check(request: PaymentRequest) -> None:
    """Refuse what must not be sent. Raises LocalProtocolError."""
    if not _NUMBER.fullmatch(request.number):
        raise LocalProtocolError(f"not a payment number: {request.number!r}")
    if request.amount.currency not in wire.CURRENCIES or request.amount.amount_minor < 1:
        raise LocalProtocolError(f"Stripe does not take {request.amount}")
    if request.save_method and not request.customer_reference:
        raise LocalProtocolError(f"{request.number}: a card is saved for somebody")


def customer(request: PaymentRequest) -> Params:
    """Return the parameters of a customer: our id for the person, and nothing about them."""
    return {"metadata": {"customer_reference": request.customer_reference}}


def session(request: PaymentRequest, *, customer: str) -> Params:
    """Return the parameters of a Checkout Session, which also saves the card if there is a
    customer.

    Checkout then tells the payer itself that the card will be charged again
    (consent_collection.payment_method_reuse_agreement: `auto`, which is the default).
    """
    metadata = {"payment_number": request.number, "method": request.method}
    product = {"name": request.description[:DESCRIPTION_LENGTH_MAX]}
    price = {
        "currency": request.amount.currency.lower(),
        "unit_amount": wire.units(request.amount),
        "product_data": product,
    }
    made: Params = {
        "mode": "payment",
        "payment_method_types": ["card"],
        "client_reference_id": request.number,
        "metadata": metadata,
        "line_items": [{"quantity": 1, "price_data": price}],
        # The requested amount in the requested currency, without conversion.
        "adaptive_pricing": {"enabled": False},
        "payment_intent_data": {"metadata": metadata, "description": product["name"]},
        "expires_at": int((request.created_at + SESSION_LIFE).timestamp()),
        # Where the payer goes next says nothing about whether they paid.
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "locale": LOCALES.get(request.language.lower(), "auto"),
    }
    if customer:
        made["customer"] = customer
        made["payment_intent_data"]["setup_future_usage"] = wire.SAVED_USAGE
    return made


def intent(request: PaymentRequest) -> Params:
    """Return the parameters of an unconfirmed payment by a saved card: no money moves."""
    customer, card = saved_parts(request.saved_reference)
    return {
        "amount": wire.units(request.amount),
        "currency": request.amount.currency.lower(),
        "customer": customer,
        "payment_method": card,
        "payment_method_types": ["card"],
        "description": request.description[:DESCRIPTION_LENGTH_MAX],
        "metadata": {"payment_number": request.number, "method": SAVED},
    }


def check_refund(request: RefundRequest) -> None:
    """Refuse an amount that is not part of what was received. Raises LocalProtocolError."""
    if not _NUMBER.fullmatch(request.number):
        raise LocalProtocolError(f"not a refund number: {request.number!r}")
    amount, total = request.amount, request.total
    if amount.currency != total.currency or not 0 < amount.amount_minor <= total.amount_minor:
        raise LocalProtocolError(f"{amount} is no part of {total}")


def refund(request: RefundRequest) -> Params:
    """Return the parameters of a refund: Stripe refunds in the currency received."""
    return {
        "payment_intent": request.payment.transaction_id,
        "amount": wire.units(request.amount),
        "metadata": {
            "refund_number": request.number,
            "payment_number": request.payment.number,
            "reason": request.reason[:METADATA_LENGTH_MAX],
        },
    }


def saved_parts(reference: str) -> tuple[str, str]:
    """Return the customer and the card of a saved method. Raises LocalProtocolError."""
    found = _SAVED_REFERENCE.fullmatch(reference)
    if found is None:
        raise LocalProtocolError("not a saved card")
    return found[1], found[2]
