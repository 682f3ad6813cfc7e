"""Words for settlements and their differences, and what to do about each kind."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SETTLEMENT_STATES: dict[str, Promise] = {
    "waiting": _("Waiting for the file"),
    "done": _("Reconciled"),
    "refused": _("The file can't be read"),
}
DIFFERENCE_STATES: dict[str, Promise] = {
    "open": pgettext_lazy("difference", "Open"),
    "resolved": _("Resolved"),
}
DIFFERENCE_KINDS: dict[str, Promise] = {
    "missing_here": _("Missing in our books"),
    "missing_there": _("Missing at the provider"),
    "amount": _("Different amount"),
    "currency": _("Different currency"),
    "state": _("Not booked here"),
    "twice": _("Listed twice"),
    "other": _("Neither payment nor refund"),
    "clearing": _("Totals differ"),
}
LINE_KINDS: dict[str, Promise] = {
    "payment": pgettext_lazy("settlement", "Payment"),
    "refund": pgettext_lazy("settlement", "Refund"),
    "refund_reversal": _("Refund returned"),
    "dispute": pgettext_lazy("settlement", "Dispute"),
    "dispute_reversal": _("Dispute won"),
    "other": _("Adjustment"),
    "clearing": _("Clearing account"),
}
_HERE_NOT = {
    "payment": _(
        "They took a payment we don't know. Look it up on the provider's site. If it is not one of "
        "ours, someone took it manually or with another system: refund it there, or note whose it "
        "is."
    ),
    "refund": _(
        "They refunded money we did not ask them to refund: someone did it on the provider's own "
        "site. If the payment is ours, we ask them about the refund and book it here once they "
        "confirm it. Don't refund the order here as well: the customer would get the money twice. "
        "If this stays open, look up the refund on the provider's site and note whose it is."
    ),
    "refund_reversal": _(
        "They report that a refund's money was returned, but we don't know the refund. Look it up "
        "on the provider's site, note whose it is, and make sure the customer gets their money."
    ),
    "dispute": _(
        "They withdrew money for a dispute we were not notified of. Open it on the provider's site "
        "and respond in time."
    ),
    "dispute_reversal": _(
        "They returned the money of a dispute we don't know. Look it up on the provider's site, "
        "and note which payment it belongs to."
    ),
}
_THERE_NOT = {
    "payment": _(
        "We booked this payment, but it is in none of their files. Check with the provider. If "
        "they say it was never paid, contact their support with both numbers."
    ),
    "refund": _(
        "We were told that this money was refunded, but it is in none of their files. Look up the "
        "refund on the provider's site; if it is not there, contact their support."
    ),
    "refund_reversal": _(
        "We were told that this refund's money was returned to us, but it is in none of their "
        "files. Look up the refund on the provider's site; their support can tell you where it is."
    ),
    "dispute": _(
        "We booked this dispute, but it is in none of their files. Look it up on the provider's "
        "site: they may not have withdrawn the money yet."
    ),
    "dispute_reversal": _(
        "We were told that this dispute was won, but none of their files returns the money. Look "
        "it up on the provider's site; it may arrive some days later."
    ),
}
_NOT_BOOKED = {
    "payment": _(
        "They took this payment, but it is not paid here. We have asked them about it. If this "
        "stays open, their answer and their file disagree: contact their support."
    ),
    "refund": _(
        "They refunded this money, but the refund is not finished here. We have asked them about "
        "it. If this stays open, look up the refund on the provider's site."
    ),
    "refund_reversal": _(
        "They report that this refund's money was returned to us, but here it shows as paid to the "
        "customer. We have asked them about it. If this stays open, look up the refund on the "
        "provider's site: the customer may be waiting for their money."
    ),
    "dispute_reversal": _(
        "They returned the money of this dispute, but it is not marked as won here. Check on the "
        "provider's site how it ended."
    ),
}
_BY_KIND = {
    "amount": _(
        "Both sides have it, with different amounts. Compare with what the customer was shown. If "
        "they took too much, refund the difference; if they took too little, contact their "
        "support."
    ),
    "currency": _(
        "Both sides have it, in different currencies. Check which currency the provider settles "
        "in; their support can tell you which amount is meant."
    ),
    "twice": _(
        "They list the same item twice. If the customer paid twice, refund the second payment on "
        "the provider's site; otherwise, contact their support."
    ),
    "other": _(
        "They moved money for reasons of their own: a correction, a reserve, a payout. Look it up "
        "on the provider's site and note the reason."
    ),
    "clearing": _(
        "Every line matches, but the totals still differ: a journal entry is missing or "
        "duplicated. Compare the clearing account's postings with this day's lines, and ask a "
        "developer to investigate."
    ),
}
_BY_LINE = {"missing_here": _HERE_NOT, "missing_there": _THERE_NOT, "state": _NOT_BOOKED}


def advice(kind: str, line_kind: str) -> str:
    """Return what to do about a kind of difference on a kind of line."""
    by_line = _BY_LINE.get(kind, _BY_KIND)
    return str(by_line.get(line_kind if kind in _BY_LINE else kind, ""))
