from datetime import datetime

from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE, BundleEvent
from limosa.domain.esims.models import Bundle


def end_bundle(*, bundle: Bundle, now: datetime) -> None:
    """End an open bundle, because another one takes its place.

    Before: `queued` or `active`, even if suspended; afterwards `expired`, so the next recognition
    of revenue takes all that is left of it. One in use ends now; one that waited keeps its times.
    The caller holds the eSIM and the bundle.
    Raises: TransitionRefusedError; nothing changed.
    """
    bundle.state = BUNDLE_LIFE.after(bundle.state, BundleEvent.EXPIRE)
    bundle.ended_at = now
    if bundle.starts_at is not None and bundle.starts_at < now:
        bundle.ends_at = min(bundle.ends_at or now, now)
    bundle.save(update_fields=["state", "ended_at", "ends_at"])
