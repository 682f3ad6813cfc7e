from limosa.domain.connectivity.answers import CancelAnswer
from limosa.domain.connectivity.moves import retired_iccid
from limosa.domain.connectivity.registry import (
    SupplierNotSetUpError,
    adapter_for,
    capabilities_of,
)
from limosa.domain.esims.models import Move
from limosa.domain.esims.operations.postpone_move import postpone_move


def retire_at_once(*, move: Move) -> bool:
    """Retire the profile that nobody needs after a move has ended, in the caller's transaction, if
    the supplier answers from our own database; return whether it is retired.

    Otherwise nothing changes, and a worker does it. What was bound for a device before can't be
    called back. The caller holds the eSIM.
    Locks: what the supplier locks.
    """
    if move.is_waiting or move.next_at is None or not move.iccid:
        return False
    supplier_id = move.esim.supplier_id
    if not capabilities_of(supplier_id).in_own_database:
        return False
    try:
        adapter = adapter_for(supplier_id)
    except SupplierNotSetUpError:
        return False
    if adapter.retire(iccid=retired_iccid(move)) is not CancelAnswer.DONE:
        return False
    postpone_move(move=move, problem=move.problem, until=None)
    return True
