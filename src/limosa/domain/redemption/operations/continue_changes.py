"""The worker's round through what was asked to be done to codes."""

from collections.abc import Callable
from datetime import datetime

from limosa.domain.redemption.models import CodeChange
from limosa.domain.redemption.operations.continue_change import continue_change
from limosa.domain.redemption.operations.expire_batches import expire_batches


def continue_changes(*, clock: Callable[[], datetime], until: datetime) -> None:
    """Do what is asked for, oldest first, until nothing is left or the time is over."""
    expire_batches(now=clock())
    while clock() < until:
        change = CodeChange.objects.filter(done_at=None).order_by("id").first()
        if change is None:
            return
        continue_change(change_id=change.pk, now=clock())
