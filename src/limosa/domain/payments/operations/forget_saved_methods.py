"""Forget all that a person keeps for later payments."""

from datetime import datetime

from limosa.domain.payments.models import SavedMethod


def forget_saved_methods(*, subscriber_id: int, now: datetime) -> int:
    """Remove every kept card and account here, at once; return how many there were.

    Nothing is charged with them from now on. The providers are told by `tell_forgotten_methods`.
    One statement.
    """
    return SavedMethod.objects.filter(subscriber_id=subscriber_id, removed_at=None).update(
        removed_at=now, next_forget_at=now
    )
