from datetime import datetime

from limosa.domain.connectivity.models import Supply


def postpone_supply(*, supply: Supply, problem: str, until: datetime) -> bool:
    """Leave an order at a supplier that can't be asked now for later; return False if another
    worker has taken it.

    Its state stays. `problem`: why, for the console. Locks: none; one UPDATE that names what was
    read.
    """
    waiting = Supply.objects.filter(pk=supply.pk, next_at=supply.next_at)
    return bool(waiting.update(next_at=until, problem=problem[:60]))
