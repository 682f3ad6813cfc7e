"""Let devices download a confirmed order: ES2+ ReleaseProfile."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rsp.engine.order_calls import Caller, call_key, with_call
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.locking import lock_order_of_call
from limosa.domain.rsp.models import DownloadOrder
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


@transaction.atomic
def release_profile(*, caller: Caller, iccid: str, now: datetime) -> DownloadOrder:
    """Release a profile whose order was confirmed without. Return the order.

    The same call again returns it unchanged.
    Locks: the profile, then its order.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.3.4.
    """
    key = call_key("releaseProfile", caller, iccid)
    order, is_repeated = lock_order_of_call(iccid, caller=caller, key=key)
    if is_repeated:
        return order
    if not DOWNLOAD_LIFE.allows(order.state, DownloadEvent.RELEASE):
        raise RspRefusal(RspStatus.PROFILE_STATE_INVALID)
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.RELEASE).value
    order.calls, order.changed_at = with_call(order.calls, key), now
    order.save(update_fields=["state", "calls", "changed_at"])
    return order
