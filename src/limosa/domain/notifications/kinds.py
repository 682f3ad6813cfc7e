"""The kinds of message, and the parameters without which none of them can be worded."""

from django.db import models


class NotificationKind(models.TextChoices):
    """Each has its templates: <kind>.subject.txt, <kind>.txt and <kind>.html."""

    USAGE_THRESHOLD = "usage_threshold"
    ENDING_SOON = "ending_soon"
    PAYMENT_CREDITED = "payment_credited"
    ORDER_LATE = "order_late"
    ORDER_REFUNDED = "order_refunded"
    MONEY_RETURNED = "money_returned"


PARAMETERS: dict[NotificationKind, frozenset[str]] = {
    NotificationKind.USAGE_THRESHOLD: frozenset({"esim_label", "percent", "remaining_bytes"}),
    NotificationKind.ENDING_SOON: frozenset({"esim_label", "days", "ends_at", "time_zone"}),
    NotificationKind.PAYMENT_CREDITED: frozenset({"order_number", "plan_name"}),
    NotificationKind.ORDER_LATE: frozenset({"order_number"}),
    NotificationKind.ORDER_REFUNDED: frozenset({"order_number", "amount_minor", "currency"}),
    NotificationKind.MONEY_RETURNED: frozenset({"amount_minor", "currency", "reason"}),
}
