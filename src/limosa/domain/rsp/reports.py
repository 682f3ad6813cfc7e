"""What the reports of cards have in common: whether one was applied before, and who is told."""

from datetime import datetime

from django.db import connection

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import DownloadOrder, ProgressReport

INSTALLED_POINT = 4
_APPLIED = """
SELECT 1 FROM rsp_receivednotification
 WHERE eid = %s AND sequence_number = %s AND result IN ('applied', 'nothing')
"""


def was_applied(*, eid: str, sequence_number: int) -> bool:
    """Return whether a card's report of this number was applied before."""
    with connection.cursor() as cursor:
        cursor.execute(_APPLIED, [eid, sequence_number])
        return cursor.fetchone() is not None


def tell_installation(order: DownloadOrder, *, eid: str, failure: str = "", now: datetime) -> None:
    """Have whoever ordered told how the installation ended, once per download."""
    insert_row_once(
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
