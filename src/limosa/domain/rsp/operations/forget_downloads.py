"""Delete what devices left behind and nobody needs any more."""

from datetime import datetime, timedelta

from limosa.domain.rsp.models import DownloadSession, NotificationResult, ReceivedNotification

NOTIFICATIONS_KEPT = timedelta(days=90)
_ROWS_MAX = 10_000


def forget_downloads(*, now: datetime) -> int:
    """Delete sessions whose time is over and notifications of 90 days ago; return how many rows.

    At most 10,000 of each at a time; what is left is deleted at the next run. Orders stay as they
    are.
    """
    sessions = DownloadSession.objects.filter(ends_at__lte=now)[:_ROWS_MAX]
    deleted, _ = DownloadSession.objects.filter(pk__in=sessions.values("pk")).delete()
    done = ReceivedNotification.objects.exclude(result=NotificationResult.WAITING)
    old = done.filter(received_at__lte=now - NOTIFICATIONS_KEPT)[:_ROWS_MAX]
    forgotten, _ = ReceivedNotification.objects.filter(pk__in=old.values("pk")).delete()
    return deleted + forgotten
