from datetime import datetime

from django.db import transaction

from limosa.domain.charging.engine.reserve_life import RESERVE_LIFE, ReserveEvent, ReserveState
from limosa.domain.charging.models import Reserve


@transaction.atomic
def expire_reserves(*, now: datetime, most: int = 1000) -> int:
    """End the reserves whose time is over, at most `most`; return how many.

    Before: `open`; afterwards `expired`. Locked ones are left for the next round: pages and the
    usage feed go by the time.
    """
    due = Reserve.objects.filter(state=ReserveState.OPEN.value, ends_at__lte=now)
    held = due.order_by("ends_at").select_for_update(skip_locked=True)[:most]
    after = RESERVE_LIFE.after(ReserveState.OPEN, ReserveEvent.EXPIRE)
    return Reserve.objects.filter(pk__in=[reserve.pk for reserve in held]).update(
        state=after.value, ended_at=now
    )
