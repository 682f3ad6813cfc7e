"""What the reports of cards have in common: what becomes of one, and who is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from limosa.domain.rows import Write, inserting_once
from limosa.domain.rsp.models import (
    DownloadOrder,
    NotificationResult,
    ProgressPoint,
    ProgressReport,
)

# Called with a requester for whom a report was written that they have not been told of yet.
Tell = Callable[[str], object]
_OURS = (ProgressPoint.ENABLED, ProgressPoint.DISABLED, ProgressPoint.DELETED)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a report: whose it is (empty: not known), and what it changes, if anything;
    the caller makes the writes together with the notification's. requester: who is to be told of
    it; empty: nobody."""

    eid: str
    result: NotificationResult
    writes: list[Write] = field(default_factory=list)
    requester: str = ""


def tell_nobody(_requester: str) -> None:
    """Leave a report to whoever looks for reports from time to time."""


def requester_told(
    order: DownloadOrder,
    point: ProgressPoint,
    *,
    eid: str,
    sequence: int = 0,
    failure: str = "",
    now: datetime,
) -> list[Write]:
    """Return the write by which whoever ordered is told of the order's latest download: the same
    thing once.

    Requesters in our own database, who have a number of their own, are told everything; others what
    ES2+ has a message for.
    """
    if point in _OURS and not order.reference:
        return []
    report = ProgressReport(
        order=order,
        requester=order.requester,
        point=point.value,
        download=order.downloads,
        eid=eid,
        sequence=sequence,
        failure=failure,
        happened_at=now,
        next_at=now if order.requester else None,
    )
    return [inserting_once(report)]
