from datetime import datetime

from limosa.domain.rsp.engine.telling import GIVEN_UP_AFTER, Telling, pause_after
from limosa.domain.rsp.models import ProgressReport


def keep_progress_answer(*, report: ProgressReport, result: Telling, now: datetime) -> bool:
    """Store whether an operator has taken a report; return whether it is given up. What was in
    vain is told again after a pause, for a week.

    Locks: none; one UPDATE, conditional on nobody having taken the report since.
    """
    is_told = result is Telling.TOLD
    is_given_up = not is_told and report.happened_at + GIVEN_UP_AFTER <= now
    pause = pause_after(report.attempts)
    changed = ProgressReport.objects.filter(
        pk=report.pk, attempts=report.attempts, told_at=None
    ).update(
        told_at=now if is_told else None, next_at=None if is_told or is_given_up else now + pause
    )
    return is_given_up and changed > 0
