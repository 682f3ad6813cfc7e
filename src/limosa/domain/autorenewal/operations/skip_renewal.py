from datetime import datetime

from django.db import transaction

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.engine.cycle_life import CycleEvent
from limosa.domain.autorenewal.locking import attempt_under_way, lock_running
from limosa.domain.autorenewal.models import Cycle
from limosa.domain.autorenewal.operations.close_cycle import close_cycle
from limosa.domain.autorenewal.operations.plan_cycle import plan_cycle
from limosa.domain.autorenewal.operations.settle_attempt import settle_attempt
from limosa.domain.autorenewal.refusals import AutoRenewalOffError, NothingToSkipError
from limosa.domain.autorenewal.standing import last_bundle


@transaction.atomic
def skip_renewal(*, auto_id: int, now: datetime) -> Cycle:
    """Leave out the next renewal, and go on with the one after it; return the cycle left out.

    An attempt under way is called off. Repeating it changes nothing.
    Locks:  the automatic renewal, then as settle_attempt.
    Raises: AutoRenewalOffError; NothingToSkipError: none is due, or it was paid already.
    """
    auto = lock_running(auto_id)
    if auto is None:
        raise AutoRenewalOffError
    attempt = attempt_under_way(auto)
    if attempt is not None:
        paid = settle_attempt(attempt=attempt, outcome=Outcome.WITHDRAWN, now=now) is Outcome.PAID
        if paid:
            raise NothingToSkipError  # What was noted of it is noted again by the next look.
    bundle = last_bundle(auto.esim_id)
    cycle = plan_cycle(auto=auto, bundle=bundle, now=now) if bundle else None
    if cycle is None:
        raise NothingToSkipError
    close_cycle(cycle=cycle, event=CycleEvent.SKIP, now=now)
    auto.next_at = now
    auto.save(update_fields=["next_at"])
    return cycle
