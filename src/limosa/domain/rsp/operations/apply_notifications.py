"""Verify what cards reported, and apply it to orders."""

import logging
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from limosa.domain.rows import NOT_AWAITED, Columns, updating, write_together
from limosa.domain.rsp.models import NotificationResult, ReceivedNotification
from limosa.domain.rsp.operations.apply_installation import apply_installation
from limosa.domain.rsp.operations.apply_profile_event import apply_profile_event
from limosa.domain.rsp.reports import Judged, Tell, tell_nobody
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.notification import InstallationResult
from limosa.protocols.sgp22.refusal import RspRefusal

_ROW = Columns(ReceivedNotification, "rsp_receivednotification")
NEXT = f"""
SELECT {_ROW.sql}, {NOT_AWAITED} FROM rsp_receivednotification WHERE result = 'waiting'
 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 -- names of columns
_SET_ASIDE = """
UPDATE rsp_receivednotification SET result = 'fault' WHERE id = %s AND result = 'waiting'
"""
_REPEATED = "received_notification_once_per_transaction"

logger = logging.getLogger(__name__)


class _FaultError(Exception):
    """A fault of ours, whose cause is the exception's, in the notification with this key."""

    def __init__(self, key: int) -> None:
        super().__init__(f"notification {key}")
        self.key = key


def apply_notifications(
    *, smdp: Smdp, now: datetime, most: int = 100, tell: Tell = tell_nobody
) -> int:
    """Verify and apply notifications that wait, oldest first; return how many.

    Each in its own transaction; `tell` is called after it, if somebody is to be told. What is not
    true, is about nothing of ours or was said before changes nothing; its result says so. One that
    makes us fault is set aside with its content, and logged, so that it holds up none behind it.
    No commit waits for the disk: what a crash undoes is a notification that waits again.
    Locks: the notification, one that nobody holds (SKIP LOCKED), then its order.
    Raises: OperationalError, InterfaceError: the database did not do it; it waits.
    """
    for number in range(most):
        try:
            judged = _apply_next(smdp, now)
            if judged is None:
                return number
            if judged.requester:
                tell(judged.requester)
        except IntegrityError as error:
            # Another report of the transaction was applied meanwhile; seen at the next attempt.
            if _REPEATED not in str(error):
                raise
        except _FaultError as fault:
            logger.exception("notification %d is set aside", fault.key)
            with connection.cursor() as cursor:
                cursor.execute(_SET_ASIDE, [fault.key])
    return most


@transaction.atomic
def _apply_next(smdp: Smdp, now: datetime) -> Judged | None:
    """Return what became of the next one; None: none waits."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        found = cursor.fetchone()
    if found is None:
        return None
    try:
        return _apply(_ROW.row(found), smdp, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # At the edge: whatever the fault, it is this notification's, not that of the next ones.
        if isinstance(error, IntegrityError) and _REPEATED in str(error):
            raise
        raise _FaultError(found[0]) from error


def _apply(row: ReceivedNotification, smdp: Smdp, now: datetime) -> Judged:
    reported = notification.read(row.content or b"")
    try:
        if isinstance(reported, InstallationResult):
            row.transaction_id = reported.transaction_id.hex()
            judged = apply_installation(smdp=smdp, result=reported, now=now)
        else:
            judged = apply_profile_event(smdp=smdp, reported=reported, now=now)
    except RspRefusal:
        judged = Judged("", NotificationResult.REFUSED)
    row.eid, row.result, row.content = judged.eid, judged.result.value, None
    write_together(*judged.writes, updating(row, "eid", "transaction_id", "result", "content"))
    return judged
