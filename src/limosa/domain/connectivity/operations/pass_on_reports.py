from datetime import datetime
from functools import partial

from limosa.domain.connectivity.own_profiles import REQUESTER, profile_report
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from limosa.domain.rsp.models import ProgressReport
from limosa.domain.rsp.operations.pass_on_report import pass_on_report


def pass_on_reports(*, now: datetime, most: int = 100) -> int:
    """Take to our eSIMs what cards reported of our own network's profiles; return how many reports.

    Each in a transaction of its own, in which it is noted and marked as told. Any number may run at
    once, and in any order: an older report undoes nothing.
    Locks: the report, then the eSIM.
    """
    for number in range(most):
        if not pass_on_report(requester=REQUESTER, take=partial(_note, now=now), now=now):
            return number
    return most


def _note(told: ProgressReport, iccid: str, *, now: datetime) -> None:
    note_profile_report(iccid=iccid, eid=told.eid, report=profile_report(told), now=now)
