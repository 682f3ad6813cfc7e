from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Greatest

from limosa.domain.wallets.models import BonusTier


def end_tier(*, tier_id: int, now: datetime) -> bool:
    """End a tier now, or before it begins; return False if it had ended. What was placed with it
    keeps its bonus.

    Raises: BonusTier.DoesNotExist.
    """
    BonusTier.objects.get(pk=tier_id)
    running = BonusTier.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), pk=tier_id)
    # One that has not begun ends where it would begin: it never runs.
    return bool(running.exclude(ends_at=F("starts_at")).update(ends_at=Greatest("starts_at", now)))
