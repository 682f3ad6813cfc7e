from datetime import datetime

from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent
from limosa.domain.autorenewal.models import Cycle


def close_cycle(*, cycle: Cycle, event: CycleEvent, now: datetime) -> None:
    """Close a cycle that is not renewed: skipped, failed or ended.

    The caller's transaction holds its automatic renewal, and no attempt is under way.
    Raises: TransitionRefusedError; nothing changed.
    """
    cycle.state = CYCLE_LIFE.after(cycle.state, event)
    cycle.closed_at = now
    cycle.save(update_fields=["state", "closed_at"])
