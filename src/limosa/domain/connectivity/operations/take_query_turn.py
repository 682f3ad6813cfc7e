from datetime import datetime

from limosa.domain.connectivity.engine.breaking import QUERY_EVERY
from limosa.domain.connectivity.models import SupplierBreaker


def take_query_turn(*, breaker: SupplierBreaker, now: datetime) -> bool:
    """Take the next turn to query a supplier whose breaker is open; return False if it is not yet
    time, or another worker has taken it.

    Locks: none; one UPDATE, conditional on the time of the turn.
    """
    due = SupplierBreaker.objects.filter(pk=breaker.pk, query_at__lte=now)
    return bool(due.update(query_at=now + QUERY_EVERY))
