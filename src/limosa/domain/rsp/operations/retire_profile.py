"""Make a profile unavailable for downloads, whether a device has it or not."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rsp.engine.order_calls import Caller
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.engine.redownload import Redownload
from limosa.domain.rsp.locking import lock_newest_order
from limosa.domain.rsp.models import ProfileState
from limosa.protocols.sgp22.refusal import RspRefusal


@transaction.atomic
def retire_profile(*, requester: str, iccid: str, now: datetime) -> bool:
    """See to it that no device is given a profile again; return False if there is no order of it
    by the requester.

    An order that no device has used is cancelled, and its profile kept for nobody. Otherwise it
    stays, so that the device that has the profile is heard of, and ends now: nothing is downloaded
    by it again.
    Locks: the profile, then its order.
    """
    try:
        order = lock_newest_order(iccid, caller=Caller(requester=requester))
    except RspRefusal:
        return False
    if DOWNLOAD_LIFE.allows(order.state, DownloadEvent.CANCEL):
        order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.CANCEL).value
        order.profile.state = ProfileState.UNAVAILABLE.value
        order.profile.save(update_fields=["state"])
    order.redownload, order.expires_at = Redownload.NEVER.value, now
    order.changed_at = now
    order.save(update_fields=["state", "redownload", "expires_at", "changed_at"])
    return True
