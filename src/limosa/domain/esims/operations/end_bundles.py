from datetime import datetime

from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.esims.operations.end_bundle import end_bundle


def end_bundles(*, esim: Esim, now: datetime) -> list[str]:
    """End what is open on an eSIM, because its supplier has put another bundle in its place; return
    the numbers of its orders.

    Each as `end_bundle` does it. The caller holds the eSIM.
    Locks: its open bundles.
    """
    bundles = (
        Bundle.objects.select_for_update().filter(esim=esim, state__in=OPEN_STATES).order_by("id")
    )
    ended = []
    for bundle in bundles:
        end_bundle(bundle=bundle, now=now)
        ended.append(bundle.order_number)
    return ended
