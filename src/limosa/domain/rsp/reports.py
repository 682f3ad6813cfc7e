"""What the reports of cards have in common: what becomes of one, and who is told."""

from dataclasses import dataclass, field
from datetime import datetime

from limosa.domain.rows import Write, inserting_once
from limosa.domain.rsp.models import DownloadOrder, NotificationResult, ProgressReport

INSTALLED_POINT = 4
# Whether a card's report of this number was applied before. In a statement that waits for a lock
# this may be of before; then the constraint `received_notification_once_per_euicc` decides.
WAS_APPLIED = """
EXISTS (SELECT 1 FROM rsp_receivednotification AS earlier
         WHERE earlier.eid = {eid} AND earlier.sequence_number = %s
           AND earlier.result IN ('applied', 'nothing'))
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a report: whose it is (empty: not known), and what it changes, if anything;
    the caller makes the writes together with the notification's."""

    eid: str
    result: NotificationResult
    writes: list[Write] = field(default_factory=list)


def installation_told(order: DownloadOrder, *, eid: str, failure: str = "", now: datetime) -> Write:
    """Return the write by which whoever ordered is told how the installation ended, once per
    download."""
    return inserting_once(
        ProgressReport(
            order=order,
            point=INSTALLED_POINT,
            download=order.downloads,
            eid=eid,
            failure=failure,
            happened_at=now,
            next_at=now if order.requester else None,
        )
    )
