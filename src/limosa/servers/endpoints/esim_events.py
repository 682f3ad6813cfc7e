"""Live events of eSIMs: where they are, and what is sent."""

from limosa.domain.esims.models import Esim
from limosa.domain.esims.queries import installation_of, waiting_move
from limosa.servers.events import Snapshot

PATH = "/events/esims/"


def esim_snapshot(topic: str) -> Snapshot | None:
    """Read where an eSIM's profile stands; None if there is no such eSIM.

    It differs whenever the page may: what is sent says no more than to look again.
    """
    esim = Esim.objects.filter(public_id=topic.partition(":")[2]).first()
    if esim is None:
        return None
    found = installation_of(esim)
    data = {"state": esim.state}
    if found is not None:
        data |= {"installation": found.state, "changed_at": found.reported_at.isoformat()}
    move = waiting_move(esim)
    if move is not None:
        data |= {"move": f"{move.number} {move.iccid[-4:]}"}
        coming = installation_of(esim, iccid=move.iccid) if move.iccid else None
        data |= {"coming": coming.state if coming else ""}
    return Snapshot(data=data, is_final=False)
