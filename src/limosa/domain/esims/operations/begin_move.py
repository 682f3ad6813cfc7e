from dataclasses import dataclass
from datetime import datetime

from limosa.domain.esims.engine.move_life import MoveLimit, moves_left
from limosa.domain.esims.models import NAME_LENGTH_MAX, DeviceKind, Esim, Move, MoveReason
from limosa.domain.esims.refusals import MoveWaitingError, TooManyMovesError
from limosa.foundation.identifiers import random_code


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTarget:
    """Where an eSIM is to go: the kind of device, and the name that its person gives it, if any."""

    kind: DeviceKind
    reason: MoveReason = MoveReason.NEW_DEVICE
    name: str = ""


def begin_move(
    *, esim: Esim, target: MoveTarget, limit: MoveLimit, expires_at: datetime, now: datetime
) -> Move:
    """Return a new move of an eSIM, still without its profile. Commits with the caller's
    transaction.

    `expires_at`: until when the new profile may be installed.

    The caller holds the eSIM.
    Raises: MoveWaitingError, TooManyMovesError; nothing changed.
    """
    moves = list(Move.objects.filter(esim=esim))
    if any(move.is_waiting for move in moves):
        raise MoveWaitingError
    left = moves_left([move.begun_at for move in moves], limit=limit, now=now)
    if left.next_at is not None:
        raise TooManyMovesError(left.next_at)
    return Move.objects.create(
        number=f"M-{random_code(8)}",
        esim=esim,
        reason=target.reason,
        kind=target.kind,
        name=target.name.strip()[:NAME_LENGTH_MAX],
        old_iccid=esim.iccid,
        begun_at=now,
        expires_at=expires_at,
        next_at=now,
    )
