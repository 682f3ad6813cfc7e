"""Apply how an installation ended, as its card reported it."""

from datetime import datetime

from django.db import connection

from limosa.domain.rows import Columns, update_row
from limosa.domain.rsp.engine.download_facts import event_of_failure
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent
from limosa.domain.rsp.loading import lock_download_order
from limosa.domain.rsp.models import DownloadOrder, DownloadSession, NotificationResult
from limosa.domain.rsp.reports import tell_installation, was_applied
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.notification import InstallationResult

_SESSION = Columns(DownloadSession, "rsp_downloadsession")
_OFFERED = f"""
SELECT {_SESSION.sql} FROM rsp_downloadsession
 WHERE transaction_id = %s AND state IN ('bound', 'cancelled')
"""  # noqa: S608 -- names of columns
_FORGET_SESSIONS = "DELETE FROM rsp_downloadsession WHERE order_id = %s"


def apply_installation(
    *, result: InstallationResult, now: datetime
) -> tuple[str, NotificationResult]:
    """Verify by the session's card, and move the session's order: installed, released again, or in
    error. Return the EID (empty: not known) and what became of the report.

    Installed or failed for good, the order's sessions and its package's keys are deleted.
    Locks: the order. The caller holds the notification and the transaction.
    Raises: RspRefusal(SIGNATURE_INVALID); nothing changed.
    """
    session = _session_of(result)
    if session is None or session.order_id is None or session.offered is None:
        return "", NotificationResult.UNKNOWN
    offered = DownloadOffered.from_bytes(session.offered)
    notification.verify_installation(result=result, euicc_key=offered.euicc_key)
    order = lock_download_order(session.order_id)
    if was_applied(eid=session.eid, sequence_number=result.metadata.sequence_number):
        return session.eid, NotificationResult.REPEATED
    event = DownloadEvent.INSTALL if result.is_installed else event_of_failure(result.reason or 0)
    if event is None or order.bound_eid != session.eid:
        return session.eid, NotificationResult.NOTHING
    is_late = not result.is_installed and not _is_of_binding(order, result)
    if is_late or not DOWNLOAD_LIFE.allows(order.state, event):
        return session.eid, NotificationResult.NOTHING
    _move(order, event, result, eid=session.eid, now=now)
    return session.eid, NotificationResult.APPLIED


def _is_of_binding(order: DownloadOrder, result: InstallationResult) -> bool:
    """Whether the report is about the latest package: the card may have retried since."""
    if order.binding is None:
        return False
    return Binding.from_bytes(order.binding).transaction_id == result.transaction_id


def _session_of(result: InstallationResult) -> DownloadSession | None:
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED, [result.transaction_id.hex()])
        found = cursor.fetchone()
    return _SESSION.row(found) if found else None


def _move(
    order: DownloadOrder,
    event: DownloadEvent,
    result: InstallationResult,
    *,
    eid: str,
    now: datetime,
) -> None:
    order.state = DOWNLOAD_LIFE.after(order.state, event).value
    order.changed_at, order.binding = now, None
    if event is DownloadEvent.INSTALL:
        order.installed_at = now
    else:
        order.bound_eid = ""
    update_row(order, "state", "changed_at", "binding", "installed_at", "bound_eid")
    failure = "" if result.is_installed else f"{result.command}/{result.reason}"
    tell_installation(order, eid=eid, failure=failure, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_SESSIONS, [order.pk])
