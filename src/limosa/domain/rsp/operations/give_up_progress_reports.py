from datetime import datetime

from limosa.domain.rsp.engine.requesters import BETWEEN
from limosa.domain.rsp.engine.telling import UNADDRESSED_GIVEN_UP_AFTER
from limosa.domain.rsp.models import ProgressReport


def give_up_progress_reports(*, now: datetime) -> int:
    """Give up reports to operators that no worker had an address for in a week; return how many.

    Locks: none; one UPDATE.
    """
    waiting = ProgressReport.objects.filter(
        next_at__isnull=False,
        order__requester__contains=BETWEEN,
        happened_at__lte=now - UNADDRESSED_GIVEN_UP_AFTER,
    )
    return waiting.update(next_at=None)
