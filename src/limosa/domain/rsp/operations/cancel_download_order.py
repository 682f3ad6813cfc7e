"""Cancel an order before its download: ES2+ CancelOrder."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rsp.engine.order_calls import (
    Caller,
    call_key,
    check_eid,
    with_call,
)
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.locking import lock_order_of_call
from limosa.domain.rsp.models import DownloadOrder, DownloadState, ProfileState
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


@transaction.atomic
def cancel_download_order(
    *,
    caller: Caller,
    iccid: str,
    eid: str = "",
    matching_id: str = "",
    is_profile_kept: bool,
    now: datetime,
) -> DownloadOrder:
    """Cancel the order of a profile, which becomes available again (`is_profile_kept`), or for
    nobody. Return the order. The same call again returns it unchanged, and
    leaves an order alone that was made of the profile since.

    `eid`: needed where the order names one. Devices that have begun are refused at their next call.
    Locks: the profile, then its order.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.3.3.
    """
    check_eid(eid)
    key = call_key("cancelOrder", caller, iccid, eid, matching_id, str(is_profile_kept))
    order, is_repeated = lock_order_of_call(iccid, caller=caller, key=key)
    if is_repeated:
        return order
    _check_is_meant(order, eid=eid, matching_id=matching_id)
    if order.state in (DownloadState.DOWNLOADED, DownloadState.INSTALLED):
        raise RspRefusal(RspStatus.PROFILE_IN_USE)
    if not DOWNLOAD_LIFE.allows(order.state, DownloadEvent.CANCEL):
        raise RspRefusal(RspStatus.PROFILE_STATE_INVALID)
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.CANCEL).value
    order.calls, order.changed_at = with_call(order.calls, key), now
    order.save(update_fields=["state", "calls", "changed_at"])
    profile = order.profile
    state = ProfileState.AVAILABLE if is_profile_kept else ProfileState.UNAVAILABLE
    profile.state = state.value
    profile.save(update_fields=["state"])
    return order


def _check_is_meant(order: DownloadOrder, *, eid: str, matching_id: str) -> None:
    if order.eid and not eid:
        raise RspRefusal(RspStatus.EID_MISSING)
    if eid and eid != order.eid:
        raise RspRefusal(RspStatus.EID_ELSEWHERE)
    if matching_id and matching_id != order.matching_id:
        raise RspRefusal(RspStatus.MATCHING_ID_ELSEWHERE)
