"""End a promotion before its time."""

from datetime import datetime

from django.db import transaction

from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.refusals import PromotionOverError


@transaction.atomic
def end_promotion(*, code: str, now: datetime) -> bool:
    """End a promotion now, or let it not begin; return False if it was ended before.

    Quotes made before keep their prices until they expire.
    Locks:  the promotion.
    Raises: Promotion.DoesNotExist; PromotionOverError if its time is over. Nothing changed.
    """
    promotion = Promotion.objects.select_for_update().get(code=code)
    if promotion.ended_at is not None:
        return False
    if promotion.ends_at <= now:
        raise PromotionOverError
    promotion.ended_at = now
    promotion.save(update_fields=["ended_at"])
    return True
