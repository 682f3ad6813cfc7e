"""Apply that a card switched a profile on or off, or deleted it."""

from datetime import datetime

from django.db import connection

from limosa.domain.rows import Columns, Write, updating
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadEvent, DownloadState
from limosa.domain.rsp.loading import NOT_ASKED
from limosa.domain.rsp.models import DownloadOrder, NotificationResult, ProgressPoint
from limosa.domain.rsp.reports import Judged, requester_told
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.notification import Event, NotificationMetadata, OtherNotification
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.trust import Card

_POINTS = {
    Event.INSTALL: ProgressPoint.INSTALLED,
    Event.ENABLE: ProgressPoint.ENABLED,
    Event.DISABLE: ProgressPoint.DISABLED,
    Event.DELETE: ProgressPoint.DELETED,
}
_STORED = (
    "state",
    "changed_at",
    "installed_at",
    "binding",
    "enabled_at",
    "deleted_at",
    "last_sequence",
)
_ORDER = Columns(DownloadOrder, "rsp_downloadorder", without=NOT_ASKED)
_LOCK = f"""
SELECT {_ORDER.sql}
  FROM rsp_downloadorder JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
 WHERE rsp_profile.iccid = %s AND rsp_downloadorder.state IN ('downloaded', 'installed')
   AND rsp_downloadorder.bound_eid = %s
   FOR UPDATE OF rsp_downloadorder
"""  # noqa: S608 -- names of columns


def apply_profile_event(*, smdp: Smdp, reported: OtherNotification, now: datetime) -> Judged:
    """Verify by the card's own certificates, and return what notes it on the order that the card
    has.

    They have to be valid now, or to have been when the card was given the profile: one whose
    certificate expires goes on with its profiles, and nobody else could say what becomes of them.
    A card that does any of it has the profile: an order whose installation was not reported counts
    as installed. A deletion is what some terms wait for before the profile is given again. Within a
    download, what the card did last by its own count is what holds; what comes late is told and
    changes nothing. A new download starts afresh: a card that was set up anew counts from 1 again.
    Locks: the order. The caller holds the notification and the transaction, and makes the writes.
    Raises: RspRefusal.
    """
    card = notification.verify_other(smdp=smdp, notification=reported)
    eid = card.eid
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [reported.metadata.iccid, eid])
        found = cursor.fetchone()
    if found is None:
        return Judged(eid, NotificationResult.UNKNOWN)
    order, number = _ORDER.row(found), reported.metadata.sequence_number
    _check_time(card, order, now=now)
    if order.last_sequence and number == order.last_sequence:
        return Judged(eid, NotificationResult.REPEATED)  # Signed once more.
    writes: list[Write] = []
    if order.state == DownloadState.DOWNLOADED:
        order.state = DOWNLOAD_LIFE.after(order.state, DownloadEvent.INSTALL).value
        order.installed_at, order.binding = now, None
        writes += requester_told(order, ProgressPoint.INSTALLED, eid=eid, sequence=number, now=now)
    is_late = number < order.last_sequence
    if not is_late:
        writes.append(_noted(order, reported.metadata, now=now))
    point = _POINTS[reported.metadata.event]
    writes += requester_told(order, point, eid=eid, sequence=number, now=now)
    result = NotificationResult.NOTHING if is_late else NotificationResult.APPLIED
    return Judged(eid, result, writes, order.requester)


def _check_time(card: Card, order: DownloadOrder, *, now: datetime) -> None:
    """Refuse a card whose certificates were valid neither when it was given the profile nor are
    now. Raises RspRefusal."""
    try:
        card.check_time(now)
    except RspRefusal:
        if order.bound_at is None:
            raise
        card.check_time(order.bound_at)


def _noted(order: DownloadOrder, metadata: NotificationMetadata, *, now: datetime) -> Write:
    event = metadata.event
    order.changed_at, order.last_sequence = now, metadata.sequence_number
    order.enabled_at = now if event is Event.ENABLE else None
    if event is Event.DELETE:
        order.deleted_at = now
    return updating(order, *_STORED)
