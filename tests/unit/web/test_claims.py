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
ANSWERED = "told once the provider has answered, and the order was cancelled"
SAME = "pressed again it is the same payment; one that comes twice goes back by itself"
KNOWN = {
    "A payment with this reference is already recorded": BEFORE,
    "A payment for this order is still being processed": BEFORE,
    "A wrong payment PIN was entered": "the PIN is our own: nobody else was asked",
    "Full speed. When the data runs out": "an overrun is never billed",
    "This is taking longer than usual.": SAME,
    "The device that you checked takes no eSIM.": BEFORE,
    "The network has no new code to give": BEFORE,
    "The outcome of this order at the supplier is already known.": BEFORE,
    "%(esim)s: the renewal could not": ANSWERED,
    "%(method)s was declined;": ANSWERED,
    "%(method)s was not charged, since": "the provider's own answer: it wants the person first",
    "Auto-renew can't be switched on": BEFORE,
    "Auto-renew is off": "no order is placed for it any more, and an open one is cancelled",
    "If it costs more, nothing is charged": BEFORE,
    "The plan was not changed": OURS,
    "What counts is held for": "the value is looked at again under the lock of the payment",
    "What counts of your plan": BEFORE,
    "What is left of this plan can't count": BEFORE,
    "It can't be renewed automatically": BEFORE,
    "It now costs more than you agreed to": BEFORE,
    "Before that, %(failed)s could not be charged.": ANSWERED,
    "The payment of the current plan is disputed, so": BEFORE,
    "The plan that you agreed to is no longer sold, so": BEFORE,
    "With it, the total that you agreed to would be": BEFORE,
    "You now pay in another currency than the one": BEFORE,
    "None of the methods could be charged.": ANSWERED,
    "None of your payment methods could be charged.": ANSWERED,
    "Nothing more is charged": "no order is placed for it any more, and an open one is cancelled",
    "Nothing was charged. The plan on": ANSWERED,
    "The payment methods that you chose are no longer": OURS,
    "There was not enough in your wallet;": OURS,
    "We could not tell you in time": BEFORE,
    "We tell you by email": "the database refuses a charge without a delivered notice",
    "We write to you before each charge;": "the database refuses one without a delivered notice",
    "You can also renew yourself;": "what follows already is not renewed once more",
    "renewal not charged": ANSWERED,
    "Automatic order that no renewal placed": OURS,
    "Given back, not booked": OURS,
    "Never charged": "the supplier's statement has no such line",
    "Newest first. Entries can't be changed": "the table refuses it",
    "No codes have been made yet.": OURS,
    "Nobody has these codes yet.": BEFORE,
    "Not booked here": OURS,
    "Nothing booked yet.": OURS,
    "Nothing had been booked yet.": OURS,
    "No cost booked": OURS,
    "No saved payment methods.": OURS,
    "Nothing moved in this month.": OURS,
    "Nothing was changed.": BEFORE,
    "Nothing was changed: this has been decided": BEFORE,
    "Removed. It can no longer be charged": "the provider has confirmed it",
    "Our account at this supplier is in": BEFORE,
    "Part of the address or the form is damaged.": BEFORE,
    "Ten of your orders are still unpaid": BEFORE,
    "The page was open for too long": BEFORE,
    "Supplier delivered, and its cost is not booked": OURS,
    "The payment service could not identify you": "it is asked before a payment is started",
    "The payment service did not respond.": SAME,
    "The payment service has not responded yet.": SAME,
    "The price, the dates or the exchange rate changed": BEFORE,
    "They took a payment we don't know.": "says that it was taken",
    "This amount is below the minimum": BEFORE,
    "These codes can't be made": BEFORE,
    "These serials are not all of this batch": BEFORE,
    "This batch has expired.": BEFORE,
    "This can't be moved to the wallet:": BEFORE,
    "This payment can't be recorded:": BEFORE,
    "This can't be removed.": BEFORE,
    "This case is already answered or closed": BEFORE,
    "This day is not over yet": BEFORE,
    "This difference has changed": BEFORE,
    "This eSIM can't get another code here.": BEFORE,
    "This eSIM was moved as often": BEFORE,
    "This is our own network: nothing is paid to it.": BEFORE,
    "This supplier provides eSIMs, and what is on them": BEFORE,
    "This notification can't be delivered again": BEFORE,
    "This order can no longer be paid": BEFORE,
    "The last day of this promotion is over.": BEFORE,
    "There is a promotion with this code already.": BEFORE,
    "There is a code like this already.": BEFORE,
    "There is no such code. Please compare each character with yours. Nothing": BEFORE,
    "This code can't be made:": BEFORE,
    "This promotion can't be made:": BEFORE,
    "This page was open for more than": BEFORE,
    "This payment has not arrived yet.": SAME,
    "This plan takes the place of the one you have": BEFORE,
    "This reference contains characters that can't be shown": BEFORE,
    "This price was held for": BEFORE,
    "This plan can't be rated": BEFORE,
    "This plan is not for that place.": BEFORE,
    "Too many attempts in a short time.": BEFORE,
    "Three orders for this eSIM were placed this way": BEFORE,
    "We are very busy right now": BEFORE,
    "We are checking with the payment service whether": SAME,
    "We booked this dispute": "says that we do not know",
    "We can't see whether the same code still works.": "a refused download changes no order",
    "WeChat reports that this payment was not made.": "says who says it",
    "What you just sent may not have been saved.": "says that we do not know",
    "You can't reply to this case": BEFORE,
    "You don't have a payment PIN yet.": BEFORE,
    "Your bank needs you to confirm": "the provider's own answer: it wants the person first",
    "You changed your selection after": BEFORE,
    "Your plans are not lost": OURS,
    "Your role doesn't allow this.": BEFORE,
    "Your wallet balance is too low": OURS,
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


def test_nothing_is_said_never_to_renew_automatically() -> None:
    """People may switch auto-renew on."""
    told = [text for _, text in texts() if "renews automatically" in text]
    assert told
    assert [text for text in told if "unless you switch auto-renew on" not in text] == []
    charged = [text for _, text in texts() if "charge it only when" in text]
    assert charged
    assert [text for text in charged if "or by auto-renew" not in text] == []
