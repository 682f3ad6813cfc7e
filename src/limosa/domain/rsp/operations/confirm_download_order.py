"""Confirm an order: ES2+ ConfirmOrder."""

from datetime import datetime

from django.db import IntegrityError, transaction

from limosa.domain.rsp.engine.order_calls import (
    Caller,
    Confirmation,
    call_key,
    check_eid,
    check_matching_id,
    code_digest,
    make_matching_id,
    with_call,
)
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.locking import lock_order_of_call
from limosa.domain.rsp.models import DownloadOrder
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


@transaction.atomic
def confirm_download_order(
    *, caller: Caller, iccid: str, confirmation: Confirmation, now: datetime
) -> DownloadOrder:
    """Give an order what a device downloads by: a matching id, a confirmation code, its eUICC.

    Return the order, confirmed or released. The same call again returns it unchanged, also after
    its download. A caller who confirms under the identifier of the call that ordered does not tell
    calls apart by it: the ordering call is then no longer recognized.
    Locks: the profile, then its order.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.3.2.
    """
    check_eid(confirmation.eid)
    key = call_key("confirmOrder", caller, iccid, *_told(confirmation))
    order, is_repeated = lock_order_of_call(iccid, caller=caller, key=key)
    if is_repeated:
        return order
    event = DownloadEvent.CONFIRM_AND_RELEASE if confirmation.is_released else DownloadEvent.CONFIRM
    if not DOWNLOAD_LIFE.allows(order.state, event):
        raise RspRefusal(RspStatus.PROFILE_STATE_INVALID)
    _check(order, confirmation)
    if order.order_call == call_key(
        "downloadOrder", caller, order.profile.profile_type.code, order.eid
    ):
        order.order_call = ""
    order.eid = confirmation.eid or order.eid
    order.matching_id = _matching_id(confirmation)
    order.code_digest = code_digest(confirmation.code)
    order.state = DOWNLOAD_LIFE.after(order.state, event).value
    order.requester = caller.requester or order.requester
    order.calls, order.changed_at = with_call(order.calls, key), now
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError as error:
        if "download_order_matching_id_once" not in str(error):
            raise
        raise RspRefusal(RspStatus.MATCHING_ID_IN_USE) from error
    return order


def _told(confirmation: Confirmation) -> list[str]:
    """Return the content of a call, as far as it decides whether another one repeats it."""
    given = "made" if confirmation.matching_id is None else f"given {confirmation.matching_id}"
    digest = code_digest(confirmation.code) or b""
    return [given, confirmation.eid, digest.hex(), str(confirmation.is_released)]


def _check(order: DownloadOrder, confirmation: Confirmation) -> None:
    if confirmation.eid and order.eid not in ("", confirmation.eid):
        raise RspRefusal(RspStatus.EID_ELSEWHERE)
    is_by_eid = confirmation.matching_id == ""
    if (is_by_eid or confirmation.smds_address) and not (confirmation.eid or order.eid):
        raise RspRefusal(RspStatus.EID_MISSING)
    if confirmation.smds_address:
        raise RspRefusal(RspStatus.SMDS_INACCESSIBLE)
    if confirmation.matching_id:
        check_matching_id(confirmation.matching_id)
        _check_is_free(confirmation.matching_id)


def _check_is_free(matching_id: str) -> None:
    """Refuse one that an order has, or had until it was cancelled: whoever was given that
    activation code would get another's profile. The constraint alone would not see one that was
    encrypted with an older key, and PostgreSQL writes what it refuses to its log."""
    if DownloadOrder.objects.filter(matching_id=matching_id).exists():
        raise RspRefusal(RspStatus.MATCHING_ID_IN_USE)


def _matching_id(confirmation: Confirmation) -> str | None:
    if confirmation.matching_id is None:
        return make_matching_id()
    return confirmation.matching_id or None
