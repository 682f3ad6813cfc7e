from datetime import datetime, timedelta

from limosa.domain.connectivity.engine.supplying import NextCall, SupplyState
from limosa.domain.connectivity.models import Supply

# Longer than any call takes, so that nobody asks beside whoever is at it.
LEASE = timedelta(seconds=90)


def take_supply(*, supply: Supply, call: NextCall, now: datetime) -> bool:
    """Take an order at a supplier for one call; return False if another worker was first.

    Committed before the call is made: an order that is to be sent is `asked` from here on, so
    whoever finds it so after the lease knows that an answer was lost. A worker that dies leaves a
    time at which another one takes it.
    Locks: none; one UPDATE that names what was read. `supply` has the new values afterwards.
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
