"""What an eSIM has to reach the renewal page with, while it has no plan."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.charging.models import Reserve
from limosa.domain.charging.queries import open_reserves
from limosa.domain.esims.queries import EsimView


def reserves_of(views: Iterable[EsimView], *, now: datetime) -> dict[int, Reserve]:
    """Return the reserves that can be used, by the eSIM's key. One statement, if an eSIM has
    nothing in use and nothing that waits."""
    idle = [view.esim.pk for view in views if not (view.in_use or view.queued or view.on_hold)]
    return open_reserves(esim_ids=idle, now=now) if idle else {}
