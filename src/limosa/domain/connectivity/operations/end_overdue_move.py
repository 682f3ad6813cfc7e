from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.operations.call_off_move import call_off_move
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.engine.move_life import NOT_INSTALLED, waits_until
from limosa.domain.esims.models import Esim, Installation, Move
from limosa.domain.esims.operations.postpone_move import postpone_move
from limosa.domain.esims.refusals import MoveOverError
from limosa.domain.notifications.operations.notify import notify


@transaction.atomic
def end_overdue_move(*, number: str, now: datetime) -> bool:
    """End a waiting move whose new profile was not installed in time; return whether it has ended.

    The eSIM keeps its old profile, the new one is retired as by call_off_move, and the person is
    notified. While its time is not over, it only becomes due again when that is so: a device that
    downloaded the new profile at the last moment may take an hour longer to report it.
    Locks: the eSIM, then what the supplier locks.
    Raises: MoveOverError; nothing changed.
    """
    of_move = Move.objects.filter(number=number).values("esim")
    esim = Esim.objects.select_for_update(of=("self",)).filter(pk__in=of_move).first()
    move = Move.objects.filter(number=number).first()
    if esim is None or move is None or not move.is_waiting:
        raise MoveOverError
    until = waits_until(expires_at=move.expires_at, downloaded_at=_downloaded_at(move))
    if now < until:
        postpone_move(move=move, problem=move.problem, until=until)
        return False
    call_off_move(number=number, problem=NOT_INSTALLED, now=now)
    notify(
        subscriber_id=esim.subscriber_id,
        key=f"move-expired:{number}",
        kind="esim_move_expired",
        parameters={
            "esim_id": esim.public_id,
            "esim_label": esim.label,
            "iccid_tail": esim.iccid[-4:],
            "device_name": move.name,
        },
        now=now,
    )
    return True


def _downloaded_at(move: Move) -> datetime | None:
    """Return when a device downloaded the new profile, if nothing was reported of it since."""
    if not move.iccid:
        return None
    newest = Installation.objects.filter(iccid=move.iccid).order_by("-download").first()
    if newest is None or newest.state != InstallationState.DOWNLOADED:
        return None
    return newest.downloaded_at
