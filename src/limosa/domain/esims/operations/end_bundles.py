from datetime import datetime

from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE, BundleEvent
from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim


def end_bundles(*, esim: Esim, now: datetime) -> list[str]:
    """End what is open on an eSIM, because its supplier has put another bundle in its place; return
    the numbers of its orders.

    Before: `queued` or `active`, even if suspended; afterwards `expired`, so the next recognition
    of revenue takes all that is left of each. One in use ends now; one that waited keeps its times.
    The caller holds the eSIM.
    Locks: its open bundles.
    """
    bundles = (
        Bundle.objects.select_for_update().filter(esim=esim, state__in=OPEN_STATES).order_by("id")
    )
    ended = []
    for bundle in bundles:
        bundle.state = BUNDLE_LIFE.after(bundle.state, BundleEvent.EXPIRE)
        bundle.ended_at = now
        if bundle.starts_at is not None and bundle.starts_at < now:
            bundle.ends_at = min(bundle.ends_at or now, now)
        bundle.save(update_fields=["state", "ended_at", "ends_at"])
        ended.append(bundle.order_number)
    return ended
