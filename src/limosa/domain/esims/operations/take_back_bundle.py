from datetime import datetime

from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE, BundleEvent
from limosa.domain.esims.models import Bundle


def take_back_bundle(*, order_number: str, now: datetime) -> bool:
    """End an order's bundle so that its money can go back; return False if that is too late.

    Before: `queued` or `active`, nothing of it used and its time not over; afterwards `refunded`.
    Else nothing is changed. An order that has no bundle yet has nothing to take back.
    Locks: the bundle.
    """
    bundle = Bundle.objects.select_for_update().filter(order_number=order_number).first()
    if bundle is None:
        return True
    # The worker may not have written yet that its time is over.
    is_over = bundle.ends_at is not None and bundle.ends_at <= now
    if bundle.used_bytes or is_over or not BUNDLE_LIFE.allows(bundle.state, BundleEvent.REFUND):
        return False
    bundle.state = BUNDLE_LIFE.after(bundle.state, BundleEvent.REFUND)
    bundle.ended_at = now
    bundle.save(update_fields=["state", "ended_at"])
    return True
