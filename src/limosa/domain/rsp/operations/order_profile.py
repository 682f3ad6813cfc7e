"""Order a profile: ES2+ DownloadOrder."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.engine.order_calls import (
    Caller,
    OrderTerms,
    call_key,
    check_eid,
)
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.loading import policy_of
from limosa.domain.rsp.locking import lock_next_profile, lock_profile
from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadState,
    Profile,
    ProfileState,
    ProfileType,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_OF_THE_TYPE = OrderTerms()


@transaction.atomic
def order_profile(
    *,
    caller: Caller,
    iccid: str = "",
    profile_type: str = "",
    eid: str = "",
    terms: OrderTerms = _OF_THE_TYPE,
    now: datetime,
) -> DownloadOrder:
    """Reserve the profile with an ICCID, or any that is available of a type. Return its order.

    `eid`: the eUICC that it is for; empty: not said yet. The terms of downloading are the type's
    unless told. A call that asked for any profile of a type and is repeated returns the order that
    it made, confirmed or not, so that no crash of the caller loses a profile.
    Locks: the profile; of a type, one that nobody holds (SKIP LOCKED), if there is one.
    Raises: RspRefusal; nothing changed. ValueError without an ICCID and a type.
    Source: SGP.22 section 5.3.1.
    """
    if not iccid and not profile_type:
        raise ValueError("an order names an ICCID or a profile type")
    check_eid(eid)
    call = call_key("downloadOrder", caller, iccid or profile_type, eid)
    key = "" if iccid else call
    if (order := _repeated(caller, key)) is not None:
        return order
    try:
        profile = _by_iccid(iccid, profile_type, caller) if iccid else _next(profile_type, caller)
    except RspRefusal:
        # The same call came twice at once, and the other one took the last profile.
        if (order_of_other := _repeated(caller, key)) is None:
            raise
        return order_of_other
    order = _new_order(profile, caller, eid, terms, now)
    order.order_call, order.calls = key, call
    if not insert_row_once(order):
        # The same call came twice at once: the other one has ordered meanwhile.
        if (order_of_other := _repeated(caller, key)) is None:
            raise RspRefusal(RspStatus.PROFILE_IN_USE)
        return order_of_other
    profile.state = ProfileState.ORDERED.value
    profile.save(update_fields=["state"])
    return order


def _new_order(
    profile: Profile, caller: Caller, eid: str, terms: OrderTerms, now: datetime
) -> DownloadOrder:
    event = DownloadEvent.ORDER_FOR_EID if eid else DownloadEvent.ORDER
    policy = terms.policy or policy_of(profile.profile_type)
    return DownloadOrder(
        profile=profile,
        state=DOWNLOAD_LIFE.after(DownloadState.AVAILABLE, event).value,
        eid=eid,
        redownload=policy.redownload.value,
        needs_delete=policy.needs_delete,
        downloads_max=policy.downloads_max,
        expires_at=terms.expires_at,
        requester=caller.requester,
        ordered_at=now,
        changed_at=now,
    )


def _repeated(caller: Caller, key: str) -> DownloadOrder | None:
    """Return the order that the same call made before."""
    if not key:
        return None
    orders = DownloadOrder.objects.select_related("profile__profile_type").defer("profile__package")
    made = orders.filter(requester=caller.requester, order_call=key)
    return made.exclude(state=DownloadState.CANCELLED).first()


def _by_iccid(iccid: str, profile_type: str, caller: Caller) -> Profile:
    profile = lock_profile(iccid)
    if not caller.may_order(profile.profile_type.code):
        raise RspRefusal(RspStatus.PROFILE_NOT_ALLOWED)
    if profile_type and profile.profile_type.code != profile_type:
        raise RspRefusal(RspStatus.PROFILE_TYPE_REFUSED)
    if profile.state == ProfileState.ORDERED:
        raise RspRefusal(RspStatus.PROFILE_IN_USE)
    if profile.state != ProfileState.AVAILABLE:
        raise RspRefusal(RspStatus.PROFILE_STATE_INVALID)
    return profile


def _next(code: str, caller: Caller) -> Profile:
    if not caller.may_order(code):
        raise RspRefusal(RspStatus.PROFILE_TYPE_NOT_ALLOWED)
    profile_type = ProfileType.objects.filter(code=code).first()
    if profile_type is None:
        raise RspRefusal(RspStatus.PROFILE_TYPE_UNKNOWN)
    return lock_next_profile(profile_type)
