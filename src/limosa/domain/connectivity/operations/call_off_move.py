from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.operations.retire_at_once import retire_at_once
from limosa.domain.esims.models import Move
from limosa.domain.esims.operations.give_up_move import give_up_move


@transaction.atomic
def call_off_move(*, number: str, problem: str = "", now: datetime) -> None:
    """Give up a waiting move, and retire its new profile in the same transaction where the supplier
    answers from our own database; elsewhere a worker retires it.

    A device that was given the profile before may still install it: the network does not know it.
    `problem`: why, if it was not the person.
    Locks: the eSIM, then what the supplier locks.
    Raises: MoveOverError; nothing changed.
    """
    give_up_move(number=number, problem=problem, now=now)
    retire_at_once(move=Move.objects.select_related("esim").get(number=number))
