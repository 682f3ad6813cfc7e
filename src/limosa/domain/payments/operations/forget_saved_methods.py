"""Forget all of a person's saved methods."""

from datetime import datetime

from limosa.domain.payments.models import SavedMethod


def forget_saved_methods(*, subscriber_id: int, now: datetime) -> int:
    """Remove every saved card and account here, at once; return how many there were.

    From now on nothing is charged to them. `tell_forgotten_methods` tells the providers. One
    statement.
    """
    return SavedMethod.objects.filter(subscriber_id=subscriber_id, removed_at=None).update(
        removed_at=now, next_forget_at=now
    )
