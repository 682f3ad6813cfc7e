from datetime import datetime

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.models import AutoRenewal
from limosa.domain.esims.models import Bundle
from limosa.domain.esims.operations.answer_call import answer_call


def wake_for_low_data(*, now: datetime, most: int = 200) -> int:
    """Have automatic renewals looked at of whose bundle so much is used that somebody is called;
    return of how many, at most `most`: call again until it is less.

    Looking at one asks for its next call (note_use). One that is being charged is left alone: it is
    looked at afterwards. If the process dies, they are woken again.
    Locks: the automatic renewals, then one bundle after the other.
    """
    calls = list(
        Bundle.objects.filter(called_at__isnull=False)
        .order_by("called_at")
        .values_list("pk", "esim_id", "called_at")[:most]
    )
    AutoRenewal.objects.filter(
        esim__in=[esim_id for _, esim_id, _ in calls], ended_at=None, next_at__gt=now
    ).exclude(cycles__attempts__outcome=Outcome.OPEN).update(next_at=now)
    for bundle_id, _, called_at in calls:
        if called_at is not None:
            answer_call(bundle_id=bundle_id, called_at=called_at)
    return len(calls)
