"""Cancel what was provided for a number of the requester's own."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent, DownloadState
from limosa.domain.rsp.locking import lock_profile
from limosa.domain.rsp.models import DownloadOrder, ProfileState
from limosa.domain.rsp.queries import provided_profile


@transaction.atomic
def withdraw_profile(
    *, requester: str, reference: str, is_profile_kept: bool, now: datetime
) -> bool:
    """Cancel the order of a profile that is on no device; return whether it is cancelled.

    Also if it was cancelled before, or nothing was provided for that number. The profile becomes
    available again if `is_profile_kept` and it was never downloaded, otherwise it is for nobody.
    Devices that have begun are refused at their next call.
    Locks: the profile, then its order.
    """
    known = provided_profile(requester=requester, reference=reference)
    if known is None or known.state is DownloadState.CANCELLED:
        return True
    profile = lock_profile(known.iccid)
    order = DownloadOrder.objects.select_for_update().get(requester=requester, reference=reference)
    if order.state == DownloadState.CANCELLED:
        return True  # Meanwhile; perhaps somebody else has the profile.
    if not DOWNLOAD_LIFE.allows(order.state, DownloadEvent.CANCEL):
        return False
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.CANCEL).value
    order.changed_at = now
    order.save(update_fields=["state", "changed_at"])
    is_unused = is_profile_kept and not order.downloads
    state = ProfileState.AVAILABLE if is_unused else ProfileState.UNAVAILABLE
    profile.state = state.value
    profile.save(update_fields=["state"])
    return True
