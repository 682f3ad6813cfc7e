from collections.abc import Collection
from datetime import datetime

from limosa.domain.notifications.models import Notification


def mark_read(*, subscriber_id: int, notification_ids: Collection[int], now: datetime) -> None:
    """Write down that a person has seen messages of theirs; another person's stay as they are.

    One UPDATE.
    """
    Notification.objects.filter(subscriber_id=subscriber_id, pk__in=notification_ids).update(
        read_at=now
    )
