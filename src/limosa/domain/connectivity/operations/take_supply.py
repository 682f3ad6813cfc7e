from datetime import datetime, timedelta

from limosa.domain.connectivity.engine.supplying import NextCall, SupplyState
from limosa.domain.connectivity.models import Supply

# Longer than any call takes, so that no second worker calls at the same time.
LEASE = timedelta(seconds=90)


def take_supply(*, supply: Supply, call: NextCall, now: datetime) -> bool:
    """Take an order at a supplier for one call; return False if another worker was first.

    Committed before the call is made: an order to be sent is `asked` from here on, so if it is
    still `asked` after the lease, an answer was lost. If a worker dies, another one takes the order
    when the lease ends.
    Locks: none; one UPDATE, conditional on the values read. `supply` has the new values afterwards.
    """
    changes = {"attempts": supply.attempts + 1, "next_at": now + LEASE}
    if call in {NextCall.ORDER, NextCall.REORDER}:
        changes |= {"state": SupplyState.ASKED, "asked_at": now}
    is_mine = Supply.objects.filter(
        pk=supply.pk, state=supply.state, attempts=supply.attempts, next_at=supply.next_at
    ).update(**changes)
    if not is_mine:
        return False
    for name, value in changes.items():
        setattr(supply, name, value)
    return True
