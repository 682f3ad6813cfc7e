"""Words for the guards of the books, and what to do about what they find."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GUARDS: dict[str, Promise] = {
    "entries": _("Every entry is even"),
    "wallets": _("Wallets are the sums of their postings"),
    "usage": _("Used data is the sum of its records"),
    "payments": _("Payments, refunds and journal agree"),
    "orders": _("Delivered means paid"),
    "delivery": _("What was paid is delivered"),
    "supply": _("Suppliers have answered"),
    "inbox": _("Every notification was applied"),
    "suspense": _("No money is in suspense"),
    "clearing": _("Clearing accounts and settlements agree"),
    "journal": _("The whole journal is even in each currency"),
}
FINDINGS: dict[str, Promise] = {
    "entries": _("Entry is not even"),
    "wallets": _("Wallet differs from its postings"),
    "usage": _("Used data differs from its records"),
    "payments:refunds": _("Payment counts other refunds than there are"),
    "payments:not_booked": _("Payment is not in the journal"),
    "orders:no_bundle": _("Delivered, and there is no bundle"),
    "orders:no_payment": _("Delivered, and nobody paid"),
    "orders:not_credited": _("Paid, and the order does not know"),
    "delivery": _("Paid, and not delivered for too long"),
    "supply:unclear": _("Nobody knows whether the supplier has this order"),
    "supply:no_answer": _("Supplier does not deliver an order"),
    "supply:not_cancelled": _("Supplier does not decide on a cancellation"),
    "inbox": _("Notification not applied"),
    "suspense": _("Money in suspense"),
    "clearing:differs": _("Day's sums differ from the clearing account"),
    "clearing:not_compared": _("Day not compared"),
    "journal": _("Journal is not even"),
}
_BY_HAND = _(
    "The product can't make this by itself: somebody changed the database by hand, or there is a "
    "defect. Change nothing more, keep a copy of the database, and have a developer look."
)
ADVICE: dict[str, Promise] = {
    "journal": _(
        "Somebody changed the database by hand, or there is a defect. Change nothing more, keep a "
        "copy of the database, and run “limosa books check”: it looks at every entry and names "
        "those that are not even."
    ),
    "delivery": _(
        "It should have been paid back by itself by now. Check that the worker runs, and "
        "open the order: its trace says what it waits for."
    ),
    "supply:unclear": _(
        "The supplier's answer was lost, and this supplier can't be asked for it. Look for the "
        "order on the supplier's own pages; then say on the order's page here what you saw. It is "
        "not ordered again before that. The person's money goes back as for every order that is "
        "not delivered in time."
    ),
    "supply:no_answer": _(
        "Look for the order on the supplier's own pages, and ask the supplier. What it answers is "
        "applied by itself."
    ),
    "supply:not_cancelled": _(
        "The person's money has gone back, and the supplier has not cancelled its side yet. Ask "
        "the supplier."
    ),
    "inbox": _(
        "The provider told us something, and it was not applied. Open the order and ask the "
        "provider; its answer is applied as the notification would have been."
    ),
    "suspense": _(
        "Open the account under Trial balance: the newest posting says which money it is. Have a "
        "developer book it where it belongs."
    ),
    "clearing:differs": _(
        "Open the day under Settlements: the difference of its clearing account says what to do."
    ),
    "clearing:not_compared": _(
        "The provider's file did not come, or can't be read. Open the day under Settlements: it "
        "says why. Get the file from the provider's site and compare it with the command."
    ),
}


def finding_text(guard: str, problem: str) -> str:
    """Return what is wrong, in words."""
    return str(FINDINGS.get(f"{guard}:{problem}", FINDINGS.get(guard, guard)))


def finding_advice(guard: str, problem: str) -> str:
    """Return what to do about it."""
    return str(ADVICE.get(f"{guard}:{problem}", ADVICE.get(guard, _BY_HAND)))
