from datetime import datetime

from django.db import transaction

from limosa.domain.esims.changes import announce_esim
from limosa.domain.esims.engine.move_life import MOVE_LIFE, MoveEvent
from limosa.domain.esims.models import FAILURE_LENGTH_MAX, Esim, Move
from limosa.domain.esims.refusals import MoveOverError


@transaction.atomic
def give_up_move(*, number: str, problem: str = "", now: datetime) -> None:
    """End a waiting move: its eSIM keeps the profile that it has.

    The new profile, if there is one, is due to be retired (call_off_move does it at once); a device
    that installs it all the same has one that the network does not know. `problem`: why, if it was
    not the person.
    Locks: the eSIM.
    Raises: MoveOverError; nothing changed.
    """
    of_move = Move.objects.filter(number=number).values("esim")
    esim = Esim.objects.select_for_update(of=("self",)).filter(pk__in=of_move).first()
    if esim is None:
        raise MoveOverError
    move = Move.objects.get(number=number)
    if not MOVE_LIFE.allows(move.state, MoveEvent.GIVE_UP):
        raise MoveOverError
    move.state = MOVE_LIFE.after(move.state, MoveEvent.GIVE_UP).value
    # Without a profile there is nothing to retire, unless one was asked for.
    is_over = not move.iccid and not move.attempts
    move.ended_at, move.next_at = now, None if is_over else now
    move.problem = problem[:FAILURE_LENGTH_MAX]
    move.save(update_fields=["state", "ended_at", "next_at", "problem"])
    announce_esim(esim.public_id)
