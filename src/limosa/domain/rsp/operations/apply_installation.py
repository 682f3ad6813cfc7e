"""Apply how an installation ended, as its card reported it."""

from datetime import datetime

from django.db import connection

from limosa.domain.rows import Columns, Write, updating
from limosa.domain.rsp.engine.download_facts import event_of_failure
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.loading import NOT_ASKED
from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadSession,
    NotificationResult,
    ProgressPoint,
)
from limosa.domain.rsp.reports import Judged, requester_told
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.notification import InstallationResult

_SESSION = Columns(DownloadSession, "rsp_downloadsession", without=["opened"])
_ORDER = Columns(DownloadOrder, "rsp_downloadorder", without=NOT_ASKED)
_LOCK = f"""
SELECT rsp_profile.iccid, {_SESSION.sql}, {_ORDER.sql}
  FROM rsp_downloadsession
  JOIN rsp_downloadorder ON rsp_downloadorder.id = rsp_downloadsession.order_id
  JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
 WHERE transaction_id = %s AND rsp_downloadsession.state IN ('bound', 'cancelled')
   FOR UPDATE OF rsp_downloadorder
"""  # noqa: S608 -- names of columns
# An applied report has deleted the sessions of its order: what comes for them later says it again.
_WAS_APPLIED = """
SELECT eid FROM rsp_receivednotification
 WHERE transaction_id = %s AND result = 'applied' AND transaction_id <> ''
"""
_STORED = ("state", "changed_at", "binding", "installed_at", "bound_eid", "last_sequence")
_FORGET_SESSIONS = "DELETE FROM rsp_downloadsession WHERE order_id = %s"


def apply_installation(*, smdp: Smdp, result: InstallationResult, now: datetime) -> Judged:
    """Verify by the session's card, and return what moves the session's order: installed, released
    again, or in error.

    A transaction is applied once. One that failed and changed nothing is not over: its package may
    be installed yet. Installed or failed for good, the order's sessions and its package's keys are
    deleted. One statement; two for what is repeated or unknown.
    Locks: the order. The caller holds the notification and the transaction, and makes the writes.
    Raises: RspRefusal: SIGNATURE_INVALID, OID_INVALID, MALFORMED.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [result.transaction_id.hex()])
        found = cursor.fetchone()
    if found is None:
        return _without_session(result)
    columns = iter(found)
    iccid = next(columns)
    session, order = _SESSION.row(columns), _ORDER.row(columns)
    offered = DownloadOffered.from_bytes(session.offered or b"")
    notification.verify_installation(
        smdp=smdp, result=result, euicc_key=offered.euicc_key, iccid=iccid
    )
    event = DownloadEvent.INSTALL if result.is_installed else event_of_failure(result.reason or 0)
    if event is None or order.bound_eid != session.eid:
        return Judged(session.eid, NotificationResult.NOTHING)
    is_late = not result.is_installed and not _is_of_binding(order, result)
    if is_late or not DOWNLOAD_LIFE.allows(order.state, event):
        return Judged(session.eid, NotificationResult.NOTHING)
    writes = _moved(order, event, result, eid=session.eid, now=now)
    return Judged(session.eid, NotificationResult.APPLIED, writes, order.requester)


def _without_session(result: InstallationResult) -> Judged:
    """Return what becomes of a report that nothing can verify any more."""
    with connection.cursor() as cursor:
        cursor.execute(_WAS_APPLIED, [result.transaction_id.hex()])
        found = cursor.fetchone()
    if found is None:
        return Judged("", NotificationResult.UNKNOWN)
    return Judged(found[0], NotificationResult.REPEATED)


def _is_of_binding(order: DownloadOrder, result: InstallationResult) -> bool:
    """Whether the report is about the latest package: the card may have retried since."""
    if order.binding is None:
        return False
    return Binding.from_bytes(order.binding).transaction_id == result.transaction_id


def _moved(
    order: DownloadOrder,
    event: DownloadEvent,
    result: InstallationResult,
    *,
    eid: str,
    now: datetime,
) -> list[Write]:
    order.state = DOWNLOAD_LIFE.after(order.state, event).value
    order.changed_at, order.binding = now, None
    if event is DownloadEvent.INSTALL:
        order.installed_at = now
        order.last_sequence = result.metadata.sequence_number
    else:
        order.bound_eid = ""
    failure = "" if result.is_installed else f"{result.command}/{result.reason}"
    return [
        updating(order, *_STORED),
        *requester_told(
            order,
            ProgressPoint.INSTALLED,
            eid=eid,
            sequence=result.metadata.sequence_number,
            failure=failure,
            now=now,
        ),
        Write(_FORGET_SESSIONS, [order.pk]),
    ]
