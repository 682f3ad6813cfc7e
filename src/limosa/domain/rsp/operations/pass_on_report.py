"""Hand a requester in our own database what is to be told to them."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from limosa.domain.rows import Columns, update_row
from limosa.domain.rsp.models import ProgressReport

# Called with the report and the ICCID of its profile.
Take = Callable[[ProgressReport, str], object]
_ROW = Columns(ProgressReport, "rsp_progressreport")
NEXT = f"""
SELECT {_ROW.sql}, rsp_profile.iccid
  FROM rsp_progressreport
  JOIN rsp_downloadorder ON rsp_downloadorder.id = rsp_progressreport.order_id
  JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
 WHERE rsp_progressreport.requester = %s AND rsp_progressreport.next_at IS NOT NULL
 ORDER BY rsp_progressreport.id LIMIT 1 FOR UPDATE OF rsp_progressreport SKIP LOCKED
"""  # noqa: S608 -- names of columns
_WAITS = """
SELECT EXISTS (SELECT FROM rsp_progressreport WHERE requester = %s AND next_at IS NOT NULL)
"""


def pass_on_report(*, requester: str, take: Take, now: datetime) -> bool:
    """Have the requester take the oldest report that waits, and note that they have it; return
    whether there was one.

    `take` writes to our own database, in the same transaction: both are there, or neither is, and
    the report comes again. One statement, and no transaction, where nothing waits: after most
    downloads.
    Locks: the report, one that nobody holds (SKIP LOCKED); then what `take` locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, [requester])
        (waits,) = cursor.fetchone()
    return bool(waits) and _pass_on_next(requester, take, now)


@transaction.atomic
def _pass_on_next(requester: str, take: Take, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [requester])
        found = cursor.fetchone()
    if found is None:
        return False
    columns = iter(found)
    report: ProgressReport = _ROW.row(columns)
    take(report, next(columns))
    report.next_at, report.told_at = None, now
    update_row(report, "next_at", "told_at")
    return True
