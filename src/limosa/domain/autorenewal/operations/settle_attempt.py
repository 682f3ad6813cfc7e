from datetime import datetime

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent
from limosa.domain.autorenewal.models import Attempt
from limosa.domain.autorenewal.news import tell_declined, tell_renewed
from limosa.domain.autorenewal.standing import turn_of
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.cancel_order import cancel_order


def settle_attempt(*, attempt: Attempt, outcome: Outcome, now: datetime) -> Outcome:
    """Record what became of an attempt under way; return that: PAID, if its order was paid after
    all.

    `outcome`: what it is unless its order is paid; the order is cancelled first, so that nothing
    can pay it any more, and money that arrives all the same goes back in full. A paid one renews
    its cycle. The person is told, except of one that is withdrawn. The caller's transaction holds
    the automatic renewal.
    Locks: the order's payments, then the order.
    """
    cycle = attempt.cycle
    # Others may have cancelled it before: that it can't be cancelled says nothing of money.
    cancel_order(order_number=attempt.order_number, now=now)
    is_paid = Order.objects.filter(number=attempt.order_number, paid_at__isnull=False).exists()
    attempt.outcome = Outcome.PAID if is_paid else outcome
    attempt.decided_at = now
    attempt.save(update_fields=["outcome", "decided_at"])
    if is_paid:
        cycle.state = CYCLE_LIFE.after(cycle.state, CycleEvent.RENEW)
        cycle.order_number, cycle.total_minor = attempt.order_number, attempt.total_minor
        cycle.closed_at = now
        cycle.save(update_fields=["state", "order_number", "total_minor", "closed_at"])
        tell_renewed(cycle, attempt, now=now)
    elif outcome is not Outcome.WITHDRAWN:
        tell_declined(cycle, attempt, turn=turn_of(cycle, now=now), now=now)
    return Outcome(attempt.outcome)
