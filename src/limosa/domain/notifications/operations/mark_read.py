from collections.abc import Collection
from datetime import datetime

from limosa.domain.notifications.models import Notification


def mark_read(*, subscriber_id: int, notification_ids: Collection[int], now: datetime) -> None:
    """Mark a person's messages as read; other people's are unaffected.

    One UPDATE.
    """
    Notification.objects.filter(subscriber_id=subscriber_id, pk__in=notification_ids).update(
        read_at=now
    )
