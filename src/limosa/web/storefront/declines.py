"""Why a payment was declined, and what the person can do: a sentence for each Decline."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import Decline

DECLINES: dict[str, Promise] = {
    Decline.REFUSED: _(
        "This payment was declined, and we were not told why. Please try another card or account, "
        "or pay another way. Your bank may know more."
    ),
    Decline.INSUFFICIENT_FUNDS: _(
        "This payment was declined because there was not enough money. Please try another card or "
        "account, or pay another way."
    ),
    Decline.LIMIT_EXCEEDED: _(
        "This payment was declined because it exceeds a limit of your card or account. Please try "
        "another one, pay another way, or ask your bank to raise the limit."
    ),
    Decline.CARD_EXPIRED: _(
        "This payment was declined because the card has expired. Please try another card, or pay "
        "another way."
    ),
    Decline.DETAILS_WRONG: _(
        "This payment was declined because a detail of the card was wrong: its number, its date or "
        "its security code. Please check them and try again, or pay another way."
    ),
    Decline.NOT_AUTHENTICATED: _(
        "This payment was declined because your bank did not get your confirmation. Please try "
        "again and confirm when your bank asks, or pay another way."
    ),
    Decline.NOT_SUPPORTED: _(
        "This payment was declined because your card or account can't be used for it. Please try "
        "another one, or pay another way."
    ),
    Decline.ACCOUNT_RESTRICTED: _(
        "This payment was declined because your account with the payment service is restricted. "
        "Please contact the service, or pay another way."
    ),
}


def decline_text(payment: Payment | None) -> str:
    """Return why a payment's last attempt was declined; empty: it was not, or it may still
    succeed."""
    if payment is None or not payment.decline or payment.is_processing:
        return ""
    return str(DECLINES[payment.decline])
