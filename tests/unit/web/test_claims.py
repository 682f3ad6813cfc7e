"""A text that says that something was not done is let through when we know that it was not.

After a call that nobody answered we know nothing. So every text of the catalogue that claims such a
thing stands here, with how we know; a new one fails until somebody has thought about it.
"""

import re

import pytest

from tests.unit.web.test_promises import PLACE, texts

_NOT = r"(?:nothing|nobody|none|not|never|no|\w+n't|cannot|neither|nor)"
_DONE = (
    r"(?:charged|taken|took|debited|withdrawn|booked|lost|removed|deleted|changed|saved"
    r"|sent|placed|started|made|moved|pay twice|paid twice)"
)
CLAIM = re.compile(rf"\b{_NOT}\b[^.;:?!]{{0,40}}?\b{_DONE}\b(?! any more)", re.IGNORECASE)

# How each text begins, and how we know. What no answer came to may be in none of them.
BEFORE = "refused before anything is begun"
OURS = "our own books or rows say so"
SAME = "pressed again it is the same payment; one that comes twice goes back by itself"
KNOWN = {
    "A payment of this order is still being processed": BEFORE,
    "A wrong payment PIN was given": "the PIN is our own: nobody else was asked",
    "Asked for. ": "a refund that is refused stays owed",
    "Full speed. When the data is used up": "an overrun is never billed",
    "If you have paid: we ask the payment service": SAME,
    "It takes longer than usual.": SAME,
    "It is known what became of this order at the supplier.": BEFORE,
    "Newest first. Nothing in it can be changed": "the table refuses it",
    "Not booked here": OURS,
    "Nothing has been booked yet.": OURS,
    "Nothing was booked until then.": OURS,
    "Nothing was taken in these days.": OURS,
    "Nothing was changed.": BEFORE,
    "Removed. Nothing can be charged": "the provider has confirmed it",
    "Something in the address or the form is damaged.": BEFORE,
    "Ten of your orders have not been paid yet": BEFORE,
    "The page was open for too long": BEFORE,
    "The payment service could not tell who you are": "it is asked before a payment is started",
    "The payment service did not answer.": SAME,
    "The payment service has not answered yet.": SAME,
    "The price, the time or the exchange rate has changed": BEFORE,
    "The way back is closed.": "a refund that failed stays owed",
    "They took a payment that we do not know.": "says that it was taken",
    "This amount is below the least": BEFORE,
    "This can't be removed.": BEFORE,
    "This case is answered or closed already": BEFORE,
    "This case takes no reply now": BEFORE,
    "This day is not over yet": BEFORE,
    "This order can't be paid any more": BEFORE,
    "This page was open for more than": BEFORE,
    "This payment has not arrived yet.": SAME,
    "This price was promised for": BEFORE,
    "This was tried too often in a short time.": BEFORE,
    "Three orders of this link have not been paid yet": BEFORE,
    "Very many people are asking for pages": BEFORE,
    "We are asking the payment service whether": SAME,
    "We booked this dispute": "says that we do not know",
    "WeChat says that this payment was not made.": "says who says it",
    "What you sent just now may not have been saved.": "says that we do not know",
    "You have no payment PIN yet.": BEFORE,
    "Your bank wants you to confirm": "the provider's own answer: it wants the person first",
    "Your choice has changed since": BEFORE,
    "Your role may not do this.": BEFORE,
    "Your wallet does not hold enough": OURS,
}


def claims(among: list[tuple[str, str]]) -> set[str]:
    return {text for _, text in among if CLAIM.search(PLACE.sub("", text))}


def unknown(among: set[str]) -> set[str]:
    return {text for text in among if not text.startswith(tuple(KNOWN))}


def test_what_was_not_done_is_said_only_where_it_is_known() -> None:
    found = claims(texts())
    assert unknown(found) == set()
    assert {start for start in KNOWN if not any(text.startswith(start) for text in found)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "There was no answer. Nothing was charged.",
        "No answer came, so no money was taken.",
        "It timed out; your card was not charged.",
        "Your card has not been charged",
        "This wasn't charged",
        "No answer came, so nothing was removed.",
        "No answer: you have not been debited.",
        "Your order was not placed.",
    ],
)
def test_a_new_claim_is_found(text: str) -> None:
    assert unknown(claims([("web/new.html", text)])) == {text}
