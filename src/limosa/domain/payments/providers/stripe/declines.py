"""Stripe's reasons for declining a card, mapped to what a payer can act on.

Source: docs.stripe.com/declines/codes, and `last_payment_error` of a PaymentIntent.
"""

from collections.abc import Mapping
from typing import Any

from limosa.domain.payments.status_reports import Decline

# Lost and stolen cards and suspected fraud are not disclosed, as docs.stripe.com advises.
_DECLINES = {
    "insufficient_funds": Decline.INSUFFICIENT_FUNDS,
    "card_velocity_exceeded": Decline.LIMIT_EXCEEDED,
    "withdrawal_count_limit_exceeded": Decline.LIMIT_EXCEEDED,
    "expired_card": Decline.CARD_EXPIRED,
    "incorrect_number": Decline.DETAILS_WRONG,
    "invalid_number": Decline.DETAILS_WRONG,
    "incorrect_cvc": Decline.DETAILS_WRONG,
    "invalid_cvc": Decline.DETAILS_WRONG,
    "invalid_expiry_month": Decline.DETAILS_WRONG,
    "invalid_expiry_year": Decline.DETAILS_WRONG,
    "incorrect_zip": Decline.DETAILS_WRONG,
    "authentication_required": Decline.NOT_AUTHENTICATED,
    "payment_intent_authentication_failure": Decline.NOT_AUTHENTICATED,
    "card_not_supported": Decline.NOT_SUPPORTED,
    "currency_not_supported": Decline.NOT_SUPPORTED,
    "transaction_not_allowed": Decline.NOT_SUPPORTED,
}


def read_decline(intent: object) -> Decline | None:
    """Return why the last attempt of a PaymentIntent was refused; None: it was not."""
    error = intent.get("last_payment_error") if isinstance(intent, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    return _known(error, "decline_code") or _known(error, "code") or Decline.REFUSED


def _known(error: Mapping[str, Any], name: str) -> Decline | None:
    return _DECLINES.get(str(error.get(name)))
