"""Let a promotion run again that was ended before its time."""

from datetime import datetime

from django.db import transaction

from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.refusals import PromotionOverError


@transaction.atomic
def reopen_promotion(*, code: str, now: datetime) -> bool:
    """Let it run until the last day that it had; return False if it was not ended.

    Locks:  the promotion.
    Raises: Promotion.DoesNotExist; PromotionOverError if that day is over. Nothing changed.
    """
    promotion = Promotion.objects.select_for_update().get(code=code)
    if promotion.ended_at is None:
        return False
    if promotion.ends_at <= now:
        raise PromotionOverError
    promotion.ended_at = None
    promotion.save(update_fields=["ended_at"])
    return True
