from datetime import datetime

from limosa.domain.esims.models import Move


def take_move(*, move: Move, until: datetime) -> bool:
    """Take a move for one call to its supplier; return False if another worker was first.

    Committed before the call; if a worker dies, another takes the move after `until`. Locks: none;
    one UPDATE, conditional on the values read. `move` has the new values afterwards.
    """
    untaken = Move.objects.filter(pk=move.pk, next_at=move.next_at, attempts=move.attempts)
    if not untaken.update(next_at=until, attempts=move.attempts + 1):
        return False
    move.next_at, move.attempts = until, move.attempts + 1
    return True
