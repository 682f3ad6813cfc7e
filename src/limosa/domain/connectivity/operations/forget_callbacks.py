from datetime import datetime

from limosa.domain.connectivity.kept_callbacks import KEPT_FOR
from limosa.domain.connectivity.models import KeptCallback

_ROWS_MAX = 10_000


def forget_callbacks(*, now: datetime) -> int:
    """Delete what callbacks said 90 days ago; return how many. What became of them stays.

    At most 10,000 at a time; what is left is deleted at the next run.
    """
    old = KeptCallback.objects.filter(received_at__lte=now - KEPT_FOR)[:_ROWS_MAX]
    deleted, _ = KeptCallback.objects.filter(pk__in=old.values("pk")).delete()
    return deleted
