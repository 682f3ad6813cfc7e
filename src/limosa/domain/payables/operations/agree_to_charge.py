from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payables.engine.comparison import ours_in, theirs_in
from limosa.domain.payables.engine.difference_life import (
    CHARGE_DIFFERENCE_LIFE,
    ChargeDifferenceEvent,
    ChargeDifferenceState,
)
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import ChargeDifference
from limosa.domain.payables.operations.correct_books import correct_books
from limosa.domain.payables.refusals import ChargeDifferenceChangedError
from limosa.domain.payables.sides import charge_compared, supplies_compared


@transaction.atomic
def agree_to_charge(
    *, difference_id: int, delta_minor: int, resolved_by: Subscriber, now: datetime
) -> ChargeDifference:
    """Take the supplier's side of a difference: book a correction, and resolve it.

    Before: `open` or `disputed`. `delta_minor`: what the page showed; both sides are read again.
    Raises: ChargeDifferenceChangedError; nothing changed. ChargeDifference.DoesNotExist.
    Locks:  the supplier's account.
    """
    supplier_code = ChargeDifference.objects.get(pk=difference_id).supplier
    hold_account(supplier_code)
    difference = ChargeDifference.objects.select_related("supply").get(pk=difference_id)
    if difference.state == ChargeDifferenceState.RESOLVED:
        raise ChargeDifferenceChangedError
    if difference.supply_id is None:
        compared = charge_compared(supplier_code, difference.charge_id)
    else:
        sides = supplies_compared([difference.supply_id], due_before=now)
        compared = sides[difference.supply_id]
    difference.theirs_minor = theirs_in(compared, difference.currency)
    difference.ours_minor = ours_in(compared, difference.currency)
    if difference.delta_minor != delta_minor or not delta_minor:
        raise ChargeDifferenceChangedError
    correct_books(difference=difference, now=now)
    difference.state = CHARGE_DIFFERENCE_LIFE.after(difference.state, ChargeDifferenceEvent.AGREE)
    difference.resolved_at, difference.resolved_by = now, resolved_by
    difference.save()
    return difference
