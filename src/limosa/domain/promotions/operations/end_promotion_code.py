"""End a promotion code, or let it count again."""

from datetime import datetime

from limosa.domain.promotions.models import PromotionCode


def end_promotion_code(*, code_id: int, is_ended: bool, now: datetime) -> bool:
    """Return whether that changed anything. Orders that were placed with it keep their price.

    Locks:  the code, by its UPDATE.
    """
    codes = PromotionCode.objects.filter(pk=code_id, ended_at__isnull=is_ended)
    return bool(codes.update(ended_at=now if is_ended else None))
