"""The kinds of message. Each is declared here, and worded in a template of its own name.

What it declares: the parameters without which it can't be worded; the page that it leads to; why
its reader gets the mail, which its last lines say; whether the mail carries the link "this was not
me", by which a person who did not do it locks the account. Pages have the names of the URL table,
so that no message holds an address that may change.

Parameters: `plan_name`: as the plan has it, by language. `renew_token`: of a renewal link
(esims/links.py). `link_token`: of a link about an automatic renewal. `ends_at`: an ISO time, with
its `time_zone`.
Some say more when they are given more: `iccid_tail` stands for an empty `esim_label`,
`refund_after_minutes` tells when a late order is paid back, `is_unlimited` that a plan goes on at a
lower speed, `ends_at` dates a credit, `bonus_minor` came on top of it, `as_of` a supplier's count,
`install_id` is of an eSIM that no device has yet, `old_iccid_tail` of the one before a move,
`charged_at` says when a renewal is charged next, and `is_other_next` that this is by `next_method`;
a method that is empty is the wallet. `how` a PIN became new: set, changed, reset. `words`: what
somebody wrote about a case; `case_news` and `finding_news` go to the staff. `finding`: the id,
where a message is of one finding. An `order_number` may be a wallet top-up's.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from limosa.domain.notifications.models import Notification

_Parameters = Mapping[str, Any]

_ORDER = gettext_lazy("You are receiving this email because it is about your eSIM or order.")
_WALLET = gettext_lazy("You are receiving this email because it is about your wallet.")
_SECURITY = gettext_lazy(
    "You are receiving this email because it is about the security of your account."
)
_RATINGS = gettext_lazy(
    "You are receiving this email because your settings say that you want to be asked by email."
)
_STAFF = gettext_lazy("You are receiving this email because a staff admin added you.")
_CASES = gettext_lazy("You are receiving this email because you answer cases in the console.")
_BOOKS = gettext_lazy(
    "You are receiving this email because you look after the books in the console."
)


def _renewal(given: _Parameters) -> str:
    return reverse("renew_by_link", args=[given["renew_token"]])


def _order(given: _Parameters) -> str:
    return reverse("order", args=[given["order_number"]])


def _credited(given: _Parameters) -> str:
    if given.get("install_id"):
        return reverse("install", args=[given["install_id"]])
    return _order(given)


def _case(given: _Parameters) -> str:
    return reverse("case", args=[given["case_number"]])


def _devices(given: _Parameters) -> str:
    return reverse("esim_devices", args=[given["esim_id"]])


def _payment_pin(_: _Parameters) -> str:
    return reverse("payment_pin")


def _first_step_of_staff(given: _Parameters) -> str:
    return reverse("account_reset_password" if given["is_new"] else "console:today")


def _case_in_console(given: _Parameters) -> str:
    return reverse("console:case", args=[given["case_number"]])


def _rating(given: _Parameters) -> str:
    return reverse("rate", args=[given["order_number"]])


def _auto_renewal(given: _Parameters) -> str:
    return reverse("auto_renewal_by_link", args=[given["link_token"]])


def _auto_renewal_off(given: _Parameters) -> str:
    return reverse("auto_renewal", args=[given["esim_id"]])


def _findings(given: _Parameters) -> str:
    if given.get("finding"):
        return reverse("console:finding", args=[given["finding"]])
    return reverse("console:findings")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind declares, as the top of this file says."""

    needs: AbstractSet[str]
    leads_to: Callable[[_Parameters], str]
    why: Promise = _ORDER
    has_not_me: bool = False


_OF_ORDER = Kind({"order_number"}, _order)
_OF_AMOUNT = Kind({"order_number", "amount_minor", "currency"}, _order)
_OF_MONEY_BACK = Kind({"order_number", "amount_minor", "currency", "reason"}, _order)
_OF_CASE = Kind({"case_number", "order_number", "words", "by_guest"}, _case)

_AMOUNT = {"esim_label", "amount_minor", "currency"}
_MOVED = {"esim_id", "esim_label", "device_name"}

KINDS: Mapping[str, Kind] = {
    "rating_asked": Kind({"order_number", "carrier", "plan_name"}, _rating, _RATINGS),
    "usage_threshold": Kind({"esim_label", "percent", "remaining_bytes", "renew_token"}, _renewal),
    "usage_estimated": Kind(
        {"esim_label", "percent", "remaining_bytes", "as_of", "time_zone", "renew_token"}, _renewal
    ),
    "ending_soon": Kind({"esim_label", "days", "ends_at", "time_zone", "renew_token"}, _renewal),
    "payment_credited": Kind({"order_number", "esim_label", "plan_name"}, _credited),
    "order_late": _OF_ORDER,
    "order_refunded": _OF_AMOUNT,
    "money_returned": _OF_MONEY_BACK,
    "return_refused": Kind({"order_number", "plan_name"}, _order),
    "payment_pin_new": Kind({"how"}, _payment_pin, _SECURITY, has_not_me=True),
    "payment_pin_locked": Kind({"attempts", "until", "time_zone"}, _payment_pin, _SECURITY),
    "money_in_wallet": _OF_MONEY_BACK,
    "order_part_refunded": _OF_AMOUNT,
    "order_disputed": _OF_AMOUNT,
    "refund_came_back": _OF_AMOUNT,
    "payment_not_accepted": _OF_AMOUNT,
    "wallet_topped_up": Kind(_OF_AMOUNT.needs, _order, _WALLET),
    "top_up_refunded": Kind(_OF_AMOUNT.needs, _order, _WALLET),
    "top_up_disputed": Kind(_OF_AMOUNT.needs, _order, _WALLET),
    "esim_move_begun": Kind(_MOVED, _devices, _SECURITY, has_not_me=True),
    "esim_moved": Kind(_MOVED, _devices, _SECURITY, has_not_me=True),
    "esim_move_expired": Kind(_MOVED, _devices, _SECURITY),
    "auto_renewal_on": Kind({*_AMOUNT, "link_token"}, _auto_renewal),
    "auto_renewal_notice": Kind(
        {*_AMOUNT, "plan_name", "charged_at", "ends_at", "time_zone", "method", "link_token"},
        _auto_renewal,
    ),
    "auto_renewal_done": Kind(
        {*_AMOUNT, "plan_name", "order_number", "until", "time_zone", "method", "link_token"},
        _auto_renewal,
    ),
    "auto_renewal_declined": Kind({"esim_label", "why", "method", "renew_token"}, _renewal),
    "auto_renewal_not": Kind({*_AMOUNT, "why", "ends_at", "time_zone", "renew_token"}, _renewal),
    "auto_renewal_ended": Kind({"esim_label", "why", "esim_id"}, _auto_renewal_off),
    "staff_added": Kind({"is_new"}, _first_step_of_staff, _STAFF),
    "case_answered": _OF_CASE,
    "case_closed": _OF_CASE,
    "case_news": Kind(
        {"case_number", "order_number", "words", "is_reply", "by_guest"}, _case_in_console, _CASES
    ),
    "finding_news": Kind({"count", "lines", "left"}, _findings, _BOOKS),
}


def page_path(notification: Notification) -> str:
    """Return the path of the page that a message leads to."""
    return KINDS[notification.kind].leads_to(notification.parameters)
