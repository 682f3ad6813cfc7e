from datetime import datetime

from limosa.domain.connectivity.answers import (
    Delivered,
    Pending,
    SupplyAnswer,
    UnderReview,
    UndoAnswer,
)
from limosa.domain.connectivity.engine.supplying import Lost, Outcome, SupplyState
from limosa.domain.connectivity.models import REASON_LENGTH_MAX, REFERENCE_LENGTH_MAX, Supply

_ENDED = {SupplyState.DELIVERED, SupplyState.REFUSED, SupplyState.CANCELLED, SupplyState.KEPT}
# It was delivered when it was, whether or not a return is asked for meanwhile.
_DELIVERED = {SupplyState.DELIVERED, SupplyState.RETURNING}


def keep_supply_answer(
    *,
    supply: Supply,
    outcome: Outcome,
    answer: SupplyAnswer | UndoAnswer | Lost | None,
    now: datetime,
) -> None:
    """Store an order's new state at the supplier, and what the answer contains.

    A reference or an eSIM already known is kept, even if a later answer differs; of applications
    the newest is. The caller holds
    the row.
    """
    if isinstance(answer, Delivered | Pending):
        supply.reference = supply.reference or answer.reference
    if isinstance(answer, Delivered) and answer.cost is not None:
        supply.cost_minor = answer.cost.amount_minor
        supply.cost_currency = answer.cost.currency
    if isinstance(answer, Delivered) and answer.profile is not None and not supply.iccid:
        supply.iccid = answer.profile.iccid
        supply.activation_code = answer.profile.activation_code
        supply.esim_reference = answer.profile.reference
    if isinstance(answer, UnderReview):
        supply.application = answer.application[:REFERENCE_LENGTH_MAX] or supply.application
    if outcome.is_lost is not None:
        supply.lost_at = supply.asked_at if outcome.is_lost else None
    supply.state = outcome.state
    supply.problem = outcome.problem[:REASON_LENGTH_MAX]
    supply.next_at = None if outcome.next_after is None else now + outcome.next_after
    if supply.return_asked_at is None or outcome.state not in _DELIVERED:
        supply.ended_at = now if outcome.state in _ENDED else None
    supply.save()
