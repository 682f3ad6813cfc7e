from datetime import datetime

from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE, BundleEvent, BundleState
from limosa.domain.esims.models import Bundle


def withdraw_bundle(*, order_number: str, now: datetime) -> None:
    """End an order's bundle, used or not, after its money has gone back.

    Before: `queued` or `active`; afterwards `refunded`. One that has ended is unchanged.
    Locks: the bundle, by one UPDATE.
    """
    Bundle.objects.filter(
        order_number=order_number, state__in=BUNDLE_LIFE.states_before(BundleEvent.REFUND)
    ).update(state=BundleState.REFUNDED, ended_at=now)
