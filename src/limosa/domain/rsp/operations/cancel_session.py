"""A phone gives up: ES9+ CancelSession."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rows import Write, update_row, updating, write_together
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent, DownloadState
from limosa.domain.rsp.engine.session_life import SESSION_LIFE, SessionEvent, SessionState
from limosa.domain.rsp.loading import load_session, lock_download_order
from limosa.domain.rsp.models import DownloadSession, ProgressPoint
from limosa.domain.rsp.reports import requester_told
from limosa.protocols.sgp22 import cancel, es9plus
from limosa.protocols.sgp22.cancel import CancelReason
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_FORGET_SESSIONS = "DELETE FROM rsp_downloadsession WHERE order_id = %s"


def cancel_session(*, smdp: Smdp, body: bytes, now: datetime) -> CancelReason:
    """End a session, over what its card signed; return why. The answer's body is `es9plus.DONE`.

    The order stays as it is: phones cancel after any fault of their own. One reason alone moves it,
    that the card takes no profile with such rules, and only if the order names that very card: then
    nobody can ever download it, it is in error, and whoever ordered is told (`cancel.py` has each
    reason). A session that was bound stays known until its time is over, because its card may still
    report how the installation ended; any other is deleted.
    Locks: the order, if it moves.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.6.5.
    """
    request = es9plus.read_cancel_session(body)
    session = load_session(request.transaction_id, now=now)
    if session.offered is None:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN)
    offered = DownloadOffered.from_bytes(session.offered)
    reason = cancel.verify(smdp=smdp, request=request, offered=offered)
    if reason is CancelReason.RULES_NOT_ALLOWED and _fail_order(session, now=now):
        return reason
    if session.state == SessionState.BOUND:
        session.state = SESSION_LIFE.after(session.state, SessionEvent.CANCEL).value
        update_row(session, "state")
    else:
        session.delete()
    return reason


@transaction.atomic
def _fail_order(session: DownloadSession, *, now: datetime) -> bool:
    """Give up an order that only this card may download, with its sessions; return whether it was
    one."""
    order = lock_download_order(session.order_id or 0)
    is_for_it_alone = order.eid == session.eid
    if not is_for_it_alone or not DOWNLOAD_LIFE.allows(order.state, DownloadEvent.FAIL):
        return False
    # Where the download stands: a card reports of an installation, but no card has reported here.
    is_given = order.state == DownloadState.DOWNLOADED
    point = ProgressPoint.INSTALLED if is_given else ProgressPoint.ELIGIBILITY
    failure = RspStatus.NO_ELIGIBLE_PROFILE.name
    order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.FAIL).value
    order.changed_at, order.binding, order.bound_eid = now, None, ""
    write_together(
        updating(order, "state", "changed_at", "binding", "bound_eid"),
        *requester_told(order, point, eid=session.eid, failure=failure, now=now),
        Write(_FORGET_SESSIONS, [order.pk]),
    )
    return True
