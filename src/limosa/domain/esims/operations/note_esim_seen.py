from datetime import datetime

from limosa.domain.esims.models import Esim, EsimState


def note_esim_seen(*, esim: Esim, now: datetime) -> None:
    """Record that the network has seen an eSIM; the first time makes it `installed`.

    The caller holds the eSIM.
    """
    esim.usage_seen_at = now
    if esim.state == EsimState.READY:
        esim.state = EsimState.INSTALLED
        esim.installed_at = now
    esim.save(update_fields=["usage_seen_at", "state", "installed_at"])
