from datetime import datetime

from limosa.domain.esims.changes import announce_esim
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Move


def keep_move_profile(*, move: Move, profile: Profile, now: datetime) -> None:
    """Store the new profile of a move; one stored before is kept, whatever comes later.

    The move is then due when its time is over; of one that was given up meanwhile, the profile is
    due to be retired. Pages that watch the eSIM are
    notified. The caller holds the eSIM, and has read the move since.
    """
    if move.iccid:
        return
    move.iccid, move.activation_code = profile.iccid, profile.activation_code
    move.supplier_reference = profile.reference
    move.problem = ""
    move.next_at = move.expires_at if move.is_waiting else now
    move.save()
    announce_esim(move.esim.public_id)
