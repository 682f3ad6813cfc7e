"""Reply to a rating, for everybody to read."""

from datetime import datetime

from django.db import transaction

from limosa.domain.ratings.models import REPLY_LENGTH_MAX, Rating


@transaction.atomic
def answer_rating(*, rating_id: int, reply: str, now: datetime) -> bool:
    """Set the seller's reply, or take it back if it is empty; return whether that changed it.

    Locks:  the rating.
    Raises: ValueError for a reply that is too long; Rating.DoesNotExist; nothing changed.
    """
    text = reply.replace("\0", "").strip()
    if len(text) > REPLY_LENGTH_MAX:
        raise ValueError("too long a reply")
    rating = Rating.objects.select_for_update().get(pk=rating_id)
    if rating.reply == text:
        return False
    rating.reply, rating.replied_at = text, now if text else None
    rating.save(update_fields=["reply", "replied_at"])
    return True
