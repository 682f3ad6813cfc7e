"""Test cards, as Stripe documents them. Card numbers are not stored: only brand, last four digits
and the card's behaviour are.

Source: docs.stripe.com/testing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """brand, last4: as shown. decline: why it is declined on the page; empty: it is not.
    wants_payer: its bank requires authentication on the page. off_session: the error when it is
    charged without the payer. dispute: the reason, or `inquiry`."""

    brand: str
    last4: str
    decline: str = ""
    wants_payer: bool = False
    off_session: str = ""
    dispute: str = ""


AUTHENTICATION = "authentication_required"
CARDS = {
    "4242424242424242": Card("visa", "4242"),
    "5555555555554444": Card("mastercard", "4444"),
    "378282246310005": Card("amex", "0005"),
    "6200000000000005": Card("unionpay", "0005"),
    "3566002020360505": Card("jcb", "0505"),
    "4000000000000002": Card("visa", "0002", decline="generic_decline"),
    "4000000000009995": Card("visa", "9995", decline="insufficient_funds"),
    "4000000000000069": Card("visa", "0069", decline="expired_card"),
    # It can be saved, but is declined later.
    "4000000000000341": Card("visa", "0341", off_session="generic_decline"),
    # Authentication on the page; then never again, or each time.
    "4000002500003155": Card("visa", "3155", wants_payer=True),
    "4000002760003184": Card("visa", "3184", wants_payer=True, off_session=AUTHENTICATION),
    "4000000000000259": Card("visa", "0259", dispute="fraudulent"),
    "4000000000001976": Card("visa", "1976", dispute="inquiry"),
}
USUAL = "4242424242424242"


def card_of(number: str) -> Card | None:
    """Return the card for a number; None if there is no such test card."""
    return CARDS.get("".join(number.split()))
