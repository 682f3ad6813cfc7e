from datetime import datetime

from limosa.domain.charging.engine.reserve_life import RESERVE_LIFE, ReserveEvent
from limosa.domain.charging.models import Reserve


def use_reserve(*, reserve: Reserve, wanted_bytes: int, now: datetime) -> int:
    """Take bytes from an open reserve and return how many: no more than it has left.

    Before: `open`; afterwards the same, or `used_up`. The caller holds the eSIM.
    Raises: TransitionRefusedError, if it has ended; nothing changed.
    """
    taken_bytes = min(wanted_bytes, reserve.remaining_bytes)
    if taken_bytes == reserve.remaining_bytes:
        reserve.state = RESERVE_LIFE.after(reserve.state, ReserveEvent.USE_UP)
        reserve.ended_at = now
    reserve.used_bytes += taken_bytes
    reserve.save(update_fields=["state", "used_bytes", "ended_at"])
    return taken_bytes
