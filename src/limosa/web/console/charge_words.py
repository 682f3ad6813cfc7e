"""The console's words about suppliers' statements and balances."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHARGE_PROBLEMS: dict[str, Promise] = {
    "rounding": _("Rounded another way"),
    "amount": _("Other amount"),
    "currency": _("Other currency"),
    "unknown": _("Not an order of ours there"),
    "explained": _("Order found since"),
    "not_booked": _("No cost booked"),
    "twice": _("Charged more than once"),
    "not_charged": _("Never charged"),
    "credit_not_booked": _("Given back, not booked"),
    "not_credited": _("Booked back, not given back"),
}
CHARGE_STATES: dict[str, Promise] = {
    "open": pgettext_lazy("difference", "Open"),
    "disputed": _("With the supplier"),
    "resolved": _("Resolved"),
}
CHARGE_ADVICE: dict[str, Promise] = {
    "amount": _(
        "Compare with the supplier's price list of that day. If the supplier is right, correct our "
        "books; otherwise write to the supplier."
    ),
    "currency": _(
        "The supplier charged in another currency than we expected. There is a difference in each "
        "of the two: correct our books in both."
    ),
    "unknown": _(
        "Look for the order in the supplier's portal. Write to the supplier if it isn't ours; "
        "if the charge is right even so, correcting our books makes it a loss."
    ),
    "explained": _(
        "This charge had been booked as a loss, and belongs to one of our orders. Correct our "
        "books to take the loss back."
    ),
    "not_booked": _(
        "The supplier charged an order for which we booked no cost. Open the order: if it was "
        "delivered, correct our books; if it was refused, write to the supplier."
    ),
    "twice": _("Write to the supplier. Once the money is given back, this resolves itself."),
    "not_charged": _(
        "The supplier may still charge it, and then this resolves itself. If it says that the "
        "order is free, correct our books."
    ),
    "credit_not_booked": _(
        "The supplier gave money back. Open the order: if that is right, correct our books."
    ),
    "not_credited": _(
        "The supplier cancelled the order and gave no money back. Write to the supplier. Once the "
        "money is given back, this resolves itself."
    ),
}
STATEMENT_STATES: dict[str, Promise] = {
    "waiting": _("Waiting for the supplier"),
    "done": _("Compared"),
}
BALANCE_WARNINGS: dict[str, Promise] = {
    "floor": _("below its floor"),
    "days": _("runs out soon"),
}
