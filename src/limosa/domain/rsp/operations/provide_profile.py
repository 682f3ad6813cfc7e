"""Order and release a profile for a number of the requester's own, in their transaction."""

from datetime import datetime

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.engine.order_calls import make_matching_id
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent, DownloadState
from limosa.domain.rsp.loading import policy_of
from limosa.domain.rsp.locking import lock_next_profile
from limosa.domain.rsp.making import made_profiles
from limosa.domain.rsp.models import DownloadOrder, Profile, ProfileState, ProfileType
from limosa.domain.rsp.queries import ProvidedProfile, provided_profile
from limosa.foundation.errors import LocalProtocolError


def provide_profile(
    *, requester: str, reference: str, profile_type: ProfileType, is_made: bool, now: datetime
) -> ProvidedProfile:
    """Return the profile that a requester has under a number of their own, ready for download.

    The first call makes it (`is_made`), or takes it from the stock, and releases it with a matching
    id of ours. The same number again, even at once, gets the same one, also if it was cancelled
    meanwhile. Commits with the caller's transaction.
    Locks:  of the stock, a profile that nobody holds (SKIP LOCKED).
    Raises: RspRefusal(PROFILE_NONE_LEFT); nothing changed.
    """
    known = provided_profile(requester=requester, reference=reference)
    if known is not None:
        return known
    profile = _made(profile_type, now) if is_made else lock_next_profile(profile_type)
    order = _released(profile, requester=requester, reference=reference, now=now)
    if not insert_row_once(order):
        return _of_the_other(profile, requester=requester, reference=reference, is_made=is_made)
    if not is_made:
        profile.state = ProfileState.ORDERED.value
        profile.save(update_fields=["state"])
    return ProvidedProfile(
        iccid=profile.iccid, matching_id=order.matching_id or "", state=DownloadState(order.state)
    )


def _made(profile_type: ProfileType, now: datetime) -> Profile:
    return next(
        made_profiles(count=1, profile_type=profile_type, state=ProfileState.ORDERED, now=now)
    )


def _released(profile: Profile, *, requester: str, reference: str, now: datetime) -> DownloadOrder:
    policy = policy_of(profile.profile_type)
    ordered = DOWNLOAD_LIFE.after(DownloadState.AVAILABLE, DownloadEvent.ORDER)
    return DownloadOrder(
        profile=profile,
        state=DOWNLOAD_LIFE.after(ordered, DownloadEvent.CONFIRM_AND_RELEASE).value,
        matching_id=make_matching_id(),
        redownload=policy.redownload.value,
        needs_delete=policy.needs_delete,
        downloads_max=policy.downloads_max,
        requester=requester,
        reference=reference,
        ordered_at=now,
        changed_at=now,
    )


def _of_the_other(
    profile: Profile, *, requester: str, reference: str, is_made: bool
) -> ProvidedProfile:
    """Return what another call for the same number has made meanwhile; drop what this one made."""
    if is_made:
        profile.delete()
    known = provided_profile(requester=requester, reference=reference)
    if known is None:
        raise LocalProtocolError(f"{reference} has no profile, and can't get one")
    return known
