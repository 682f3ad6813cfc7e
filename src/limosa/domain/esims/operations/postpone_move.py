from datetime import datetime

from limosa.domain.esims.models import FAILURE_LENGTH_MAX, Move


def postpone_move(*, move: Move, problem: str, until: datetime | None) -> None:
    """Note when a worker has to look at a move again; None: not any more. `problem`: why, for the
    console.

    Locks: none; one UPDATE, of the move that this worker has taken.
    """
    Move.objects.filter(pk=move.pk, attempts=move.attempts).update(
        next_at=until, problem=problem[:FAILURE_LENGTH_MAX]
    )
