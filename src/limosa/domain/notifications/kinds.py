"""The kinds of message, and the parameters without which none of them can be worded.

`plan_name`: as the plan has it, by language. `renew_token`: of a renewal link (esims/links.py).
`ends_at`: an ISO time, with its `time_zone`.
Some say more when they are given more: `iccid_tail` stands for an empty `esim_label`,
`refund_after_minutes` tells when a late order is paid back, `is_unlimited` that a plan goes on at a
lower speed, `ends_at` dates a credit. `how` a PIN became new: set, changed, reset. `words`: what
somebody wrote about a case; CASE_NEWS and FINDING_NEWS go to the staff. `finding`: the id, where
a message is of one finding.
"""

from django.db import models


class NotificationKind(models.TextChoices):
    """Each has its templates: <kind>.subject.txt, <kind>.txt and <kind>.html."""

    USAGE_THRESHOLD = "usage_threshold"
    ENDING_SOON = "ending_soon"
    PAYMENT_CREDITED = "payment_credited"
    ORDER_LATE = "order_late"
    ORDER_REFUNDED = "order_refunded"
    MONEY_RETURNED = "money_returned"
    PAYMENT_PIN_NEW = "payment_pin_new"
    PAYMENT_PIN_LOCKED = "payment_pin_locked"
    MONEY_IN_WALLET = "money_in_wallet"
    ORDER_PART_REFUNDED = "order_part_refunded"
    ORDER_DISPUTED = "order_disputed"
    REFUND_CAME_BACK = "refund_came_back"
    PAYMENT_NOT_ACCEPTED = "payment_not_accepted"
    STAFF_ADDED = "staff_added"
    CASE_ANSWERED = "case_answered"
    CASE_CLOSED = "case_closed"
    CASE_NEWS = "case_news"
    FINDING_NEWS = "finding_news"


PARAMETERS: dict[NotificationKind, frozenset[str]] = {
    NotificationKind.USAGE_THRESHOLD: frozenset(
        {"esim_label", "percent", "remaining_bytes", "renew_token"}
    ),
    NotificationKind.ENDING_SOON: frozenset(
        {"esim_label", "days", "ends_at", "time_zone", "renew_token"}
    ),
    NotificationKind.PAYMENT_CREDITED: frozenset({"order_number", "esim_label", "plan_name"}),
    NotificationKind.ORDER_LATE: frozenset({"order_number"}),
    NotificationKind.ORDER_REFUNDED: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.MONEY_RETURNED: frozenset(
        {"order_number", "amount_minor", "currency", "reason"}
    ),
    NotificationKind.PAYMENT_PIN_NEW: frozenset({"how"}),
    NotificationKind.PAYMENT_PIN_LOCKED: frozenset({"tries", "until", "time_zone"}),
    NotificationKind.MONEY_IN_WALLET: frozenset(
        {"order_number", "amount_minor", "currency", "reason"}
    ),
    NotificationKind.ORDER_PART_REFUNDED: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.ORDER_DISPUTED: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.REFUND_CAME_BACK: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.PAYMENT_NOT_ACCEPTED: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.STAFF_ADDED: frozenset({"is_new"}),
    NotificationKind.CASE_ANSWERED: frozenset({"case_number", "order_number", "words"}),
    NotificationKind.CASE_CLOSED: frozenset({"case_number", "order_number", "words"}),
    NotificationKind.CASE_NEWS: frozenset({"case_number", "order_number", "words", "is_reply"}),
    NotificationKind.FINDING_NEWS: frozenset({"count", "lines", "left"}),
}

# Their mails carry a link that locks the account, for the person who did not do it.
NOT_ME_KINDS = frozenset({NotificationKind.PAYMENT_PIN_NEW})
