"""Words for why only people can find out what became of an order at a supplier."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUPPLY_PROBLEMS: dict[str, Promise] = {
    "reference_taken": _("The supplier answered with the order number of another order."),
    "iccid_taken": _("The supplier answered with an eSIM that is already in use here."),
    "iccid_differs": _("The supplier answered with a different eSIM from the one being renewed."),
    "iccid_malformed": _("The supplier answered with something that isn't an ICCID."),
    "code_malformed": _(
        "The supplier answered with an activation code that no phone can use, or without one."
    ),
    "not_answering": _("The supplier isn't answering. It is tried again automatically."),
    "asked_to_wait": _("The supplier has asked to be left alone for a while."),
    "duplicate": _("The supplier says it already has this order, but can't be queried."),
    "vanished": _("The supplier had accepted this order, and now says it doesn't have it."),
}
# What a callback led to, beside the states of an order at a supplier.
CALLBACK_RESULTS: dict[str, Promise] = {
    "asked": _("supplier asked about it"),
    "unknown_order": _("no such order here"),
    "changed": _("state of the eSIM on its device noted"),
    "nothing_new": _("no news"),
    "unknown": _("no such eSIM here"),
}
_LOST = _("The supplier's answer was lost.")


def supply_problem(problem: str) -> Promise:
    """Return why an order is unclear; any other problem is one with the call itself."""
    return SUPPLY_PROBLEMS.get(problem, _LOST)
