from datetime import datetime

from limosa.domain.connectivity.models import Supply


def postpone_supply(*, supply: Supply, problem: str, until: datetime) -> bool:
    """Postpone an order whose supplier can't be asked now; return False if another worker has taken
    it.

    Its state is unchanged. `problem`: why, for the console. Locks: none; one UPDATE, conditional on
    the values read.
    """
    waiting = Supply.objects.filter(pk=supply.pk, next_at=supply.next_at)
    return bool(waiting.update(next_at=until, problem=problem[:60]))
