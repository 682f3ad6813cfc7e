"""Words for settlements and their differences, and what to do about each kind."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SETTLEMENT_STATES: dict[str, Promise] = {
    "waiting": _("Waiting for the file"),
    "done": _("Compared"),
    "refused": _("The file can't be read"),
}
DIFFERENCE_STATES: dict[str, Promise] = {
    "open": pgettext_lazy("difference", "Open"),
    "resolved": _("Resolved"),
}
DIFFERENCE_KINDS: dict[str, Promise] = {
    "missing_here": _("Missing here"),
    "missing_there": _("Missing there"),
    "amount": _("Other amount"),
    "currency": _("Other currency"),
    "state": _("Not booked here"),
    "twice": _("Listed twice"),
    "other": _("Neither payment nor refund"),
    "clearing": _("Sums differ"),
}
LINE_KINDS: dict[str, Promise] = {
    "payment": pgettext_lazy("settlement", "Payment"),
    "refund": pgettext_lazy("settlement", "Refund"),
    "refund_reversal": _("Refund came back"),
    "dispute": pgettext_lazy("settlement", "Dispute"),
    "dispute_reversal": _("Dispute won"),
    "other": _("Adjustment"),
    "clearing": _("Clearing account"),
}
_HERE_NOT = {
    "payment": _(
        "They took a payment that we do not know. Look it up on the provider's site. If it is "
        "not one of ours, somebody took it by hand or with another system: pay it back there, "
        "or note whose it is."
    ),
    "refund": _(
        "They gave money back that we did not ask for: somebody did it on the provider's own "
        "site. Find out who, and refund the order here too, so that its bundle ends."
    ),
    "refund_reversal": _(
        "They say that the money of a refund came back, and we do not know the refund. Look it up "
        "on the provider's site, note whose it is, and see that the person gets their money."
    ),
    "dispute": _(
        "They took money back for a dispute that we were not told of. Open it on the provider's "
        "site and answer it in time."
    ),
    "dispute_reversal": _(
        "They gave back the money of a dispute that we do not know. Look it up on the "
        "provider's site, and note which payment it belongs to."
    ),
}
_THERE_NOT = {
    "payment": _(
        "We booked this payment, and no file of theirs lists it. Ask the provider for it. If "
        "they say that it was never paid, take it up with their support, with both numbers."
    ),
    "refund": _(
        "We were told that this money went back, and no file of theirs lists it. Look the "
        "refund up on the provider's site; if it is not there, take it up with their support."
    ),
    "refund_reversal": _(
        "We were told that the money of this refund came back to us, and no file of theirs lists "
        "it. Look the refund up on the provider's site; their support can say where it is."
    ),
    "dispute": _(
        "We booked this dispute, and no file of theirs lists it. Look it up on the provider's "
        "site: they may not have taken the money yet."
    ),
    "dispute_reversal": _(
        "We were told that this dispute was won, and no file of theirs gives the money back. "
        "Look it up on the provider's site; it may come some days later."
    ),
}
_NOT_BOOKED = {
    "payment": _(
        "They took this payment, and here it is not paid. They were asked for it. If this stays "
        "open, their answer and their file do not agree: take it up with their support."
    ),
    "refund": _(
        "They gave this money back, and here the refund is not finished. They were asked for "
        "it. If this stays open, look the refund up on the provider's site."
    ),
    "refund_reversal": _(
        "They say that the money of this refund came back to us, and here it is with the person. "
        "They were asked for it. If this stays open, look the refund up on the provider's site: "
        "the person may be waiting for their money."
    ),
    "dispute_reversal": _(
        "They gave back the money of this dispute, and here it is not won. Look up on the "
        "provider's site how it ended."
    ),
}
_BY_KIND = {
    "amount": _(
        "Both sides know it, with other amounts. Compare with what the person was shown. What "
        "they took too much, refund; what they took too little, take up with their support."
    ),
    "currency": _(
        "Both sides know it, in other currencies. Check in which currency the provider was told "
        "to settle; their support can say which amount is meant."
    ),
    "twice": _(
        "They list the same thing a second time. If the person paid twice, give the second "
        "payment back on the provider's site; else take it up with their support."
    ),
    "other": _(
        "They moved money for a reason of their own: a correction, a reserve, a payout. Look it "
        "up on the provider's site and note the reason."
    ),
    "clearing": _(
        "Every line is accounted for, and the sums still differ: an entry is missing from the "
        "journal, or stands in it twice. Compare the postings of the clearing account with the "
        "lines of this day, and have a developer look."
    ),
}
_BY_LINE = {"missing_here": _HERE_NOT, "missing_there": _THERE_NOT, "state": _NOT_BOOKED}


def advice(kind: str, line_kind: str) -> str:
    """Return what to do about a kind of difference of a kind of line."""
    by_line = _BY_LINE.get(kind, _BY_KIND)
    return str(by_line.get(line_kind if kind in _BY_LINE else kind, ""))
