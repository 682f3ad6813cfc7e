from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.payables.engine.comparison import (
    ChargeFound,
    ChargeProblem,
    Compared,
    differences,
    may_still_come,
    ours_in,
    theirs_in,
)
from limosa.domain.payables.engine.difference_life import (
    CHARGE_DIFFERENCE_LIFE,
    ChargeDifferenceEvent,
    ChargeDifferenceState,
)
from limosa.domain.payables.models import ChargeDifference
from limosa.domain.payables.operations.correct_books import correct_books


def note_differences(
    *,
    supplier_code: str,
    compared: Compared,
    now: datetime,
    supply: Supply | None = None,
    charge_id: str = "",
) -> None:
    """Store how both sides of one order, or of a charge about none, differ now.

    A new difference opens, and so does one that has become another; a rounding is booked at once;
    one on which both sides agree again is resolved. What may still come changes nothing. Commits
    with the caller's transaction, which holds the supplier's account.
    """
    if may_still_come(compared):
        return
    rows = ChargeDifference.objects.filter(
        supplier=supplier_code, supply=supply, charge_id=charge_id
    )
    known = {row.currency: row for row in rows}
    found = {one.currency: one for one in differences(compared)}
    for currency, one in found.items():
        row = known.get(currency) or ChargeDifference(
            supplier=supplier_code, supply=supply, charge_id=charge_id, currency=currency
        )
        _keep(row, one, now, is_known=currency in known)
    for currency, row in known.items():
        if currency not in found and row.state != ChargeDifferenceState.RESOLVED:
            row.theirs_minor = theirs_in(compared, currency)
            row.ours_minor = ours_in(compared, currency)
            _agree(row, now)


def _keep(row: ChargeDifference, found: ChargeFound, now: datetime, *, is_known: bool) -> None:
    is_another = not is_known or row.delta_minor != found.delta_minor
    row.problem = found.problem
    row.theirs_minor, row.ours_minor = found.theirs_minor, found.ours_minor
    if is_another:
        row.state = CHARGE_DIFFERENCE_LIFE.after(row.state, ChargeDifferenceEvent.DIFFER)
        row.found_at, row.resolved_at, row.resolved_by = now, None, None
    row.save()
    if found.problem is ChargeProblem.ROUNDING:
        correct_books(difference=row, now=now)
        _agree(row, now)


def _agree(row: ChargeDifference, now: datetime) -> None:
    row.state = CHARGE_DIFFERENCE_LIFE.after(row.state, ChargeDifferenceEvent.AGREE)
    row.resolved_at = now
    row.save()
