"""Locks what the calls about an order decide by: the profile, then its order."""

from limosa.domain.rsp.engine.order_calls import Caller, has_call, has_name_of
from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadState,
    Profile,
    ProfileState,
    ProfileType,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


def lock_profile(iccid: str) -> Profile:
    """Lock a profile, and return it without its package. Raises RspRefusal."""
    profiles = Profile.objects.select_for_update().defer("package")
    profile = profiles.filter(iccid=iccid).first()
    if profile is None:
        raise RspRefusal(RspStatus.PROFILE_UNKNOWN)
    return profile


def lock_next_profile(profile_type: ProfileType) -> Profile:
    """Lock an available profile of a type, and return it without its package: one that nobody else
    holds, or, if others hold all that are left, one that they leave. Raises RspRefusal."""
    # In an order that only the index of what is available has: by id, the planner may read all that
    # was ever given out first.
    profiles = (
        Profile.objects.defer("package")
        .filter(profile_type=profile_type, state=ProfileState.AVAILABLE)
        .order_by("imported_at", "id")
    )
    profile = (
        profiles.select_for_update(skip_locked=True).first() or profiles.select_for_update().first()
    )
    if profile is None:
        raise RspRefusal(RspStatus.PROFILE_NONE_LEFT)
    profile.profile_type = profile_type
    return profile


def lock_newest_order(iccid: str, *, caller: Caller) -> DownloadOrder:
    """Lock a profile and its newest order, and return the order, which may be cancelled.

    Raises: RspRefusal if there is none, or it is another requester's: of a cancelled one, no more
    is said than that there is none. A caller without a requester is staff, who may do all.
    """
    order, _ = lock_order_of_call(iccid, caller=caller, key="")
    return order


def lock_order_of_call(iccid: str, *, caller: Caller, key: str) -> tuple[DownloadOrder, bool]:
    """Lock as `lock_newest_order` does, for a call with a key; return the order, and False.

    A call that was executed before has nothing more to do, even if the profile was ordered again
    since: then return the order that it was about, and True.
    """
    profile = lock_profile(iccid)
    order = DownloadOrder.objects.select_for_update().filter(profile=profile).order_by("id").last()
    if order is None:
        raise RspRefusal(RspStatus.PROFILE_STATE_INVALID)
    repeated = _repeated(order, key)
    if repeated is not None:
        repeated.profile = profile
        return repeated, True
    if caller.requester and order.requester != caller.requester:
        is_over = order.state == DownloadState.CANCELLED
        raise RspRefusal(
            RspStatus.PROFILE_STATE_INVALID if is_over else RspStatus.PROFILE_NOT_ALLOWED
        )
    order.profile = profile
    return order, False


def _repeated(newest: DownloadOrder, key: str) -> DownloadOrder | None:
    """Return the order of the profile that the same call changed before; None: it is a new call."""
    if not key:
        return None
    if has_call(newest.calls, key):
        return newest
    if has_name_of(newest.calls, key):
        return None  # A caller who names all calls alike means the newest order.
    earlier = DownloadOrder.objects.filter(profile_id=newest.profile_id, calls__contains=key)
    return next((one for one in earlier.order_by("-id") if has_call(one.calls, key)), None)
