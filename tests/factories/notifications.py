"""Messages."""

from itertools import count
from typing import Any

from limosa.domain.notifications.models import Notification
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

_numbers = count(1)


def make_notification(**fields: Any) -> Notification:
    """Return an unread message that an order is late, due to be mailed.

    It is to a new subscriber unless one is given.
    """
    if "subscriber" not in fields:
        fields["subscriber"] = make_subscriber()
    fields.setdefault("key", f"test:{next(_numbers)}")
    fields.setdefault("kind", "order_late")
    fields.setdefault("parameters", {"order_number": "L-7Q4K92MX"})
    fields.setdefault("created_at", MOMENT)
    fields.setdefault("next_mail_at", fields["created_at"])
    return Notification.objects.create(**fields)
