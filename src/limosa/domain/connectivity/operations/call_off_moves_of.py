from datetime import datetime

from limosa.domain.connectivity.operations.call_off_move import call_off_move
from limosa.domain.esims.models import Move, MoveState
from limosa.domain.esims.refusals import MoveOverError


def call_off_moves_of(*, subscriber_id: int, now: datetime) -> int:
    """End a person's waiting moves, since whoever began them may not have been that person; return
    how many. Each in a transaction of its own.

    Locks: of each, the eSIM, then what the supplier locks.
    """
    waiting = Move.objects.filter(esim__subscriber_id=subscriber_id, state=MoveState.WAITING)
    ended = 0
    for number in waiting.values_list("number", flat=True):
        try:
            call_off_move(number=number, problem="not_me", now=now)
        except MoveOverError:
            continue  # It ended meanwhile.
        ended += 1
    return ended
