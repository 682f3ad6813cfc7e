from datetime import datetime

from limosa.domain.connectivity.engine.breaking import TRIAL, BreakerState
from limosa.domain.connectivity.models import SupplierBreaker


def try_supplier_out(*, breaker: SupplierBreaker, now: datetime) -> bool:
    """Take the one order by which a supplier is tried out, once its pause is over; return False if
    it is not, or another worker has taken it.

    Where nothing comes of it, another order may do so when TRIAL has passed.
    Locks: none; one UPDATE, conditional on the values read.
    """
    if breaker.retry_at is None or breaker.retry_at > now:
        return False
    due = SupplierBreaker.objects.filter(
        pk=breaker.pk, state=breaker.state, retry_at=breaker.retry_at
    )
    return bool(due.update(state=BreakerState.HALF_OPEN.value, retry_at=now + TRIAL))
