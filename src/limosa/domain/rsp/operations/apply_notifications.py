"""Verify what cards reported, and apply it to orders."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from limosa.domain.rows import Columns, update_row
from limosa.domain.rsp.models import NotificationResult, ReceivedNotification
from limosa.domain.rsp.operations.apply_installation import apply_installation
from limosa.domain.rsp.operations.apply_profile_event import apply_profile_event
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.notification import InstallationResult
from limosa.protocols.sgp22.refusal import RspRefusal

_ROW = Columns(ReceivedNotification, "rsp_receivednotification")
NEXT = f"""
SELECT {_ROW.sql} FROM rsp_receivednotification WHERE result = 'waiting'
 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 -- names of columns


def apply_notifications(*, smdp: Smdp, now: datetime, most: int = 100) -> int:
    """Verify and apply notifications that wait, oldest first; return how many.

    Each in its own transaction. What is not true, is about nothing of ours or was said before
    changes nothing; its result says so.
    Locks: the notification, one that nobody holds (SKIP LOCKED), then its order.
    """
    for number in range(most):
        try:
            if not _apply_next(smdp, now):
                return number
        except IntegrityError as error:
            # The same report in other bytes was applied meanwhile; seen at the next attempt.
            if "received_notification_once_per_euicc" not in str(error):
                raise
    return most


@transaction.atomic
def _apply_next(smdp: Smdp, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        found = cursor.fetchone()
    if found is None:
        return False
    row: ReceivedNotification = _ROW.row(found)
    reported = notification.read(row.content or b"")
    row.sequence_number = reported.metadata.sequence_number
    try:
        if isinstance(reported, InstallationResult):
            row.eid, result = apply_installation(result=reported, now=now)
        else:
            row.eid, result = apply_profile_event(smdp=smdp, reported=reported, now=now)
    except RspRefusal:
        result = NotificationResult.REFUSED
    row.result, row.content = result.value, None
    update_row(row, "eid", "sequence_number", "result", "content")
    return True
