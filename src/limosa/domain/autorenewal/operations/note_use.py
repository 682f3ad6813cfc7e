from datetime import datetime

from limosa.domain.autorenewal.engine.timetable import bytes_at
from limosa.domain.autorenewal.models import Cycle
from limosa.domain.autorenewal.standing import times_of
from limosa.domain.esims.operations.call_at import call_at


def note_use(*, cycle: Cycle, now: datetime) -> None:
    """Note since when a cycle's bundle is low on data, and since when it is due by that; have it
    called for at the next of both, if its consent is by data and its data has an end.

    The caller's transaction holds the automatic renewal.
    Locks: the bundle.
    """
    bundle, percent = cycle.bundle, cycle.auto_renewal.consent.used_percent
    if percent is None or bundle.volume_bytes is None:
        return
    low_bytes, due_bytes = bytes_at(bundle.volume_bytes, percent=percent)
    is_low, is_due = bundle.used_bytes >= low_bytes, bundle.used_bytes >= due_bytes
    if (is_low and cycle.low_at is None) or (is_due and cycle.due_at is None):
        cycle.low_at = cycle.low_at or now
        cycle.due_at = (cycle.due_at or now) if is_due else None
        cycle.least_lead = times_of(cycle).least_lead
        cycle.save(update_fields=["low_at", "due_at", "least_lead"])
    following = due_bytes if is_low else low_bytes
    call_at(bundle_id=bundle.pk, used_bytes=None if is_due else following, now=now)
