from datetime import datetime

from limosa.domain.esims.models import Move, MoveState
from limosa.domain.esims.operations.give_up_move import give_up_move
from limosa.domain.esims.refusals import MoveOverError


def give_up_moves_of(*, subscriber_id: int, now: datetime) -> int:
    """End a person's waiting moves, since whoever began them may not have been that person; return
    how many. Each in a transaction of its own.

    Locks: the eSIM of each.
    """
    waiting = Move.objects.filter(esim__subscriber_id=subscriber_id, state=MoveState.WAITING)
    ended = 0
    for number in waiting.values_list("number", flat=True):
        try:
            give_up_move(number=number, problem="not_me", now=now)
        except MoveOverError:
            continue  # It ended meanwhile.
        ended += 1
    return ended
