from datetime import datetime

from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE, BundleEvent, may_be_returned
from limosa.domain.esims.models import Bundle


def take_back_bundle(*, order_number: str, now: datetime, is_cancelled: bool = False) -> bool:
    """End an order's bundle so that its money can be refunded; return False if it is too late.

    Before: a state that `may_be_returned` allows; afterwards `refunded`. Otherwise nothing changes.
    An order without a bundle has nothing to take back. `is_cancelled`: its supplier has cancelled
    it, so it is never too late, and one that is over stays as it is.
    Locks: the bundle.
    """
    bundle = Bundle.objects.select_for_update().filter(order_number=order_number).first()
    if bundle is None:
        return True
    if is_cancelled and not BUNDLE_LIFE.allows(bundle.state, BundleEvent.REFUND):
        return True
    if not is_cancelled and not may_be_returned(bundle, now=now):
        return False
    bundle.state = BUNDLE_LIFE.after(bundle.state, BundleEvent.REFUND)
    bundle.ended_at = now
    bundle.save(update_fields=["state", "ended_at"])
    return True
