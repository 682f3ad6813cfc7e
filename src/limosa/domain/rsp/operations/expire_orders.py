"""Close orders that nobody downloaded in their time."""

from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.rsp.engine.order_calls import Caller
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent, DownloadState
from limosa.domain.rsp.locking import lock_newest_order
from limosa.domain.rsp.models import DownloadOrder, ProfileState

# Devices that come soon after are told that the order has expired; later, that there is none.
_TOLD_FOR = timedelta(days=1)
_ORDERS_MAX = 1_000
_OPEN = [state for state in DownloadState if DOWNLOAD_LIFE.allows(state, DownloadEvent.EXPIRE)]


def expire_orders(*, now: datetime) -> int:
    """Cancel orders whose time was over a day ago, before their download; return how many.

    A profile that no eUICC ever got returns to the stock. One that was downloaded, and failed to be
    installed, is given to nobody again: its keys have left the house. At most 1,000 at a time; what
    is left is closed at the next run.
    Locks: the profile, then its order, each in a transaction of its own.
    """
    over = DownloadOrder.objects.filter(state__in=_OPEN, expires_at__lte=now - _TOLD_FOR)
    iccids = over.order_by("expires_at").values_list("profile__iccid", flat=True)
    return sum(_expire(iccid, now=now) for iccid in [*iccids[:_ORDERS_MAX]])


@transaction.atomic
def _expire(iccid: str, *, now: datetime) -> bool:
    """Close the order of a profile, if it is still over; return whether it was."""
    order = lock_newest_order(iccid, caller=Caller())
    if order.expires_at is None or order.expires_at > now - _TOLD_FOR:
        return False
    if not DOWNLOAD_LIFE.allows(order.state, DownloadEvent.EXPIRE):
        return False
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.EXPIRE).value
    order.changed_at, order.binding = now, None
    order.save(update_fields=["state", "changed_at", "binding"])
    state = ProfileState.UNAVAILABLE if order.downloads else ProfileState.AVAILABLE
    order.profile.state = state.value
    order.profile.save(update_fields=["state"])
    return True
