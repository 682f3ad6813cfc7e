from datetime import datetime

from limosa.domain.charging.engine.reserve_life import RESERVE_LIFE, ReserveEvent, ReserveState
from limosa.domain.charging.models import Reserve
from limosa.domain.esims.models import Esim


def end_reserve(*, esim: Esim, now: datetime) -> None:
    """End an eSIM's reserve, because it has a bundle again. One statement.

    Before: `open`; afterwards `renewed`. One that has ended stays as it is. The caller holds the
    eSIM.
    """
    after = RESERVE_LIFE.after(ReserveState.OPEN, ReserveEvent.RENEW)
    Reserve.objects.filter(esim=esim, state=ReserveState.OPEN.value).update(
        state=after.value, ended_at=now
    )
