from datetime import datetime
from functools import partial

from limosa.domain.connectivity.operations.retire_at_once import retire_at_once
from limosa.domain.connectivity.own_profiles import REQUESTER, profile_report
from limosa.domain.esims.engine.installation_life import ON_CARD
from limosa.domain.esims.models import Move, MoveState
from limosa.domain.esims.operations.note_profile_report import ReportNoted, note_profile_report
from limosa.domain.rsp.models import ProgressReport
from limosa.domain.rsp.operations.pass_on_report import pass_on_report


def pass_on_reports(*, now: datetime, most: int = 100) -> int:
    """Take to our eSIMs what cards reported of our own network's profiles; return how many reports.

    Each in a transaction of its own, in which it is noted and marked as told. A report that ends a
    move retires the old profile in the same transaction. Any number may run at once, and in any
    order: an older report undoes nothing.
    Locks: the report, then the eSIM, then the old profile and its order.
    """
    for number in range(most):
        if not pass_on_report(requester=REQUESTER, take=partial(_note, now=now), now=now):
            return number
    return most


def _note(told: ProgressReport, iccid: str, *, now: datetime) -> None:
    report = profile_report(told)
    noted = note_profile_report(iccid=iccid, eid=told.eid, report=report, now=now)
    if noted is not ReportNoted.CHANGED or report.state not in ON_CARD:
        return
    done = Move.objects.filter(iccid=iccid, state=MoveState.DONE, next_at__isnull=False)
    for move in done.select_related("esim"):
        retire_at_once(move=move)
