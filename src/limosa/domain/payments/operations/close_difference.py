from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.engine.settlement_life import DIFFERENCE_LIFE, DifferenceEvent
from limosa.domain.payments.models import Difference


def close_difference(
    *, difference_id: int, resolved_by: Subscriber, now: datetime
) -> Difference | None:
    """Resolve a difference by a staff decision; None: it was not open.

    Before: `open`; afterwards `resolved`, as long as later runs find both sides unchanged. Books
    nothing.
    Locks:  the Difference row. Raises: Difference.DoesNotExist.
    """
    difference = Difference.objects.select_for_update().get(pk=difference_id)
    if not DIFFERENCE_LIFE.allows(difference.state, DifferenceEvent.RESOLVE):
        return None
    difference.state = DIFFERENCE_LIFE.after(difference.state, DifferenceEvent.RESOLVE)
    difference.resolved_at = now
    difference.resolved_by = resolved_by
    difference.save(update_fields=["state", "resolved_at", "resolved_by"])
    return difference
