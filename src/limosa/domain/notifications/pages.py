"""Where a message leads: to which page of ours, by its kind, and what the page is of.

Pages have the names of the URL table, so that no message holds an address that may change.
"""

from django.conf import settings
from django.urls import reverse

from limosa.domain.notifications.kinds import NotificationKind as Kind
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.not_me import NotMe, make_not_me_token

_RENEWAL = ("renew_by_link", "renew_token")
_ORDER = ("order", "order_number")
# The page's name, and the parameter of the message that the page is of; empty: there is one page.
_PAGES: dict[str, tuple[str, str]] = {
    Kind.USAGE_THRESHOLD: _RENEWAL,
    Kind.ENDING_SOON: _RENEWAL,
    Kind.PAYMENT_CREDITED: _ORDER,
    Kind.ORDER_LATE: _ORDER,
    Kind.ORDER_REFUNDED: _ORDER,
    Kind.MONEY_RETURNED: _ORDER,
    Kind.PAYMENT_PIN_NEW: ("payment_pin", ""),
    Kind.PAYMENT_PIN_LOCKED: ("payment_pin", ""),
    Kind.MONEY_IN_WALLET: _ORDER,
    Kind.ORDER_PART_REFUNDED: _ORDER,
    Kind.ORDER_DISPUTED: _ORDER,
    Kind.REFUND_CAME_BACK: _ORDER,
    Kind.PAYMENT_NOT_ACCEPTED: _ORDER,
    Kind.STAFF_ADDED: ("console:today", ""),
    Kind.CASE_ANSWERED: ("case", "case_number"),
    Kind.CASE_CLOSED: ("case", "case_number"),
    Kind.CASE_NEWS: ("console:case", "case_number"),
    Kind.FINDING_NEWS: ("console:findings", ""),
}


def page_path(notification: Notification) -> str:
    """Return the path of the page that a message leads to."""
    given = notification.parameters
    name, of = _PAGES[notification.kind]
    if notification.kind == Kind.STAFF_ADDED and given["is_new"]:
        name = "account_reset_password"
    if notification.kind == Kind.FINDING_NEWS and given.get("finding"):
        name, of = "console:finding", "finding"
    return reverse(name, args=[given[of]] if of else [])


def page_link(notification: Notification) -> str:
    """Return the absolute address of that page, for a mail."""
    return f"{settings.BASE_URL}{page_path(notification)}"


def not_me_link(change: NotMe) -> str:
    """Return the absolute address at which a person says that a change was not theirs."""
    return f"{settings.BASE_URL}{reverse('not_me', args=[make_not_me_token(change)])}"
