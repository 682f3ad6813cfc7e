from django.db import transaction

from limosa.domain.payables.engine.difference_life import (
    CHARGE_DIFFERENCE_LIFE,
    ChargeDifferenceEvent,
)
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import ChargeDifference


@transaction.atomic
def dispute_charge(*, difference_id: int) -> ChargeDifference | None:
    """Note that a difference is with the supplier; None: it is not open. Books nothing.

    Before: `open`; afterwards `disputed`, until both sides agree or differ by another amount.
    Raises: ChargeDifference.DoesNotExist. Locks: the supplier's account.
    """
    hold_account(ChargeDifference.objects.get(pk=difference_id).supplier)
    difference = ChargeDifference.objects.get(pk=difference_id)
    if not CHARGE_DIFFERENCE_LIFE.allows(difference.state, ChargeDifferenceEvent.DISPUTE):
        return None
    difference.state = CHARGE_DIFFERENCE_LIFE.after(difference.state, ChargeDifferenceEvent.DISPUTE)
    difference.save(update_fields=["state"])
    return difference
