from datetime import datetime

from django.db.models import Q

from limosa.domain.charging.engine.asking import WISHED_AGAIN
from limosa.domain.charging.models import UsageWatch
from limosa.domain.esims.models import Esim


def look_at_usage_now(*, esim: Esim, now: datetime) -> bool:
    """Have an eSIM's use asked for at once, as its person wishes; return False if it was asked for
    a few minutes ago, is due anyway, or is not asked for at all.

    The call is a worker's, from the supplier's bucket. Locks: none; one UPDATE.
    """
    long_ago = Q(asked_at__isnull=True) | Q(asked_at__lte=now - WISHED_AGAIN)
    return bool(UsageWatch.objects.filter(long_ago, esim=esim, next_at__gt=now).update(next_at=now))
