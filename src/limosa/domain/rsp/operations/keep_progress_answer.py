from datetime import datetime

from limosa.domain.rsp.engine.telling import GIVEN_UP_AFTER, Telling, pause_after
from limosa.domain.rsp.models import ProgressReport


def keep_progress_answer(*, report: ProgressReport, result: Telling, now: datetime) -> None:
    """Store whether an operator has taken a report. What was in vain is told again after a pause,
    for a week; what nobody is to be told, never.

    Locks: none; one UPDATE, conditional on nobody having taken the report since.
    """
    is_over = result is not Telling.IN_VAIN or report.happened_at + GIVEN_UP_AFTER <= now
    ProgressReport.objects.filter(pk=report.pk, attempts=report.attempts, told_at=None).update(
        told_at=now if result is Telling.TOLD else None,
        next_at=None if is_over else now + pause_after(report.attempts),
    )
