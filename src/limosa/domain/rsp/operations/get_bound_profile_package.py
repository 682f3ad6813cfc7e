"""A card takes the profile, bound to it: ES9+ GetBoundProfilePackage."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.rows import Write, updating, updating_if, write_together
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.engine.redownload import Download, DownloadBar, DownloadBarred
from limosa.domain.rsp.engine.session_life import (
    SESSION_LIFE,
    SessionEvent,
    SessionState,
    ends_at,
)
from limosa.domain.rsp.loading import (
    Found,
    judge,
    load_session_with_package,
    lock_download_order,
)
from limosa.domain.rsp.metadata import encoded_metadata
from limosa.domain.rsp.models import DownloadOrder, DownloadSession, ProgressPoint
from limosa.domain.rsp.operations.check_confirmation_code import check_confirmation_code
from limosa.domain.rsp.reports import Tell, requester_told, tell_nobody
from limosa.protocols.sgp22 import bound_profile, download, es9plus
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.es9plus import GetBoundProfilePackageRequest
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_TRIES = 5  # Each loses only to another download of the order that was bound in between.


def get_bound_profile_package(
    *, smdp: Smdp, body: bytes, now: datetime, tell: Tell = tell_nobody
) -> bytes:
    """Bind an order to a card and return the answer with its package.

    The package is made before the order is locked, since a key may be outside; it is given only if
    the order is still as it was when that began. A repetition by the same card with the same
    one-time key gets the same segments, and does not count; with another key it counts, and is
    refused where the order's downloads are used up. `tell`: called if somebody is to be told of the
    download.
    Locks: the order, while it is bound.
    Raises: RspRefusal; nothing changed but the count of wrong confirmation codes.
    Source: SGP.22 section 5.6.2.
    """
    request = es9plus.read_get_bound_profile_package(body)
    for _ in range(_TRIES):
        session, found = load_session_with_package(request.transaction_id, now=now)
        binding = _bind(smdp=smdp, request=request, session=session, found=found, now=now)
        answer = bound_profile.package(
            binding=binding.made,
            metadata=encoded_metadata(found.order.profile, address=smdp.address),
            profile=found.order.profile.package,
        )
        if binding.made is binding.earlier:
            return answer.body()
        if _keep(found.order, session, binding, now=now):
            if found.order.requester and binding.kind is not Download.REPEAT:
                tell(found.order.requester)
            return answer.body()
    raise RspRefusal(RspStatus.TEMPORARILY_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A binding that was made, of a download of this kind. `made` is `earlier` if it is the same
    request again."""

    kind: Download
    earlier: Binding | None
    made: Binding


def _bind(
    *,
    smdp: Smdp,
    request: GetBoundProfilePackageRequest,
    session: DownloadSession,
    found: Found,
    now: datetime,
) -> _Bound:
    """Return the binding, which is not stored yet. Raises RspRefusal."""
    order = found.order
    offered = DownloadOffered.from_bytes(session.offered or b"")
    prepared = download.verify_prepared(request=request, offered=offered)
    kind = _judge(order, offered, now=now)
    has_earlier = kind is Download.REPEAT and order.binding
    earlier = Binding.from_bytes(order.binding or b"") if has_earlier else None
    if found.has_code:
        check_confirmation_code(order_id=order.pk, prepared=prepared, offered=offered, now=now)
    made = bound_profile.bind(smdp=smdp, offered=offered, prepared=prepared, earlier=earlier)
    if kind is Download.REPEAT and (earlier is None or made.smdp_otpk != earlier.smdp_otpk):
        kind = _judge(order, offered, now=now, has_new_key=True)
    return _Bound(kind, earlier, made)


def _judge(
    order: DownloadOrder, offered: DownloadOffered, *, now: datetime, has_new_key: bool = False
) -> Download:
    """Return what a download would be. Raises RspRefusal."""
    try:
        return judge(order, eid=offered.eid, now=now, has_new_key=has_new_key)
    except DownloadBarred as barred:
        is_over = barred.bar is DownloadBar.EXPIRED
        status = RspStatus.ORDER_EXPIRED if is_over else RspStatus.BINDING_UNAVAILABLE
        raise RspRefusal(status, barred.bar.value) from barred


@transaction.atomic
def _keep(read: DownloadOrder, session: DownloadSession, bound: _Bound, *, now: datetime) -> bool:
    """Store a binding and tell whoever ordered; return False, and change nothing, if the
    order or the session has changed since."""
    order = lock_download_order(read.pk)
    if _standing(order) != _standing(read):
        return False
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.DOWNLOAD).value
    order.bound_eid, order.binding = session.eid, bound.made.to_bytes()
    order.changed_at = order.bound_at = now
    writes: list[Write] = []
    if bound.kind is not Download.REPEAT:
        order.downloads += 1
        order.deleted_at = order.enabled_at = order.installed_at = None
        order.last_sequence = 0
        writes += requester_told(order, ProgressPoint.DOWNLOADED, eid=session.eid, now=now)
    writes.append(updating(order, *_STORED))
    before = session.state
    session.state = SESSION_LIFE.after(before, SessionEvent.BIND).value
    session.ends_at = ends_at(SessionState.BOUND, now=now)
    writes.append(updating_if(session, "state", "ends_at", held="state", value=before))
    *_, is_bound = write_together(*writes)
    if not is_bound:
        transaction.set_rollback(True)  # Cancelled, or bound by the same request, meanwhile.
        return False
    return True


_STORED = (
    "state",
    "bound_eid",
    "bound_at",
    "binding",
    "changed_at",
    "downloads",
    "installed_at",
    "enabled_at",
    "deleted_at",
    "last_sequence",
)


def _standing(order: DownloadOrder) -> tuple[object, ...]:
    """Return what a binding was decided by."""
    return (order.state, order.bound_eid, order.downloads, order.binding, order.deleted_at)
