from datetime import datetime

from django.db import transaction

from limosa.domain.autorenewal.models import AutoRenewal
from limosa.domain.autorenewal.operations.begin_attempt import OfferMovedError
from limosa.domain.autorenewal.operations.charge_attempt import charge_attempt
from limosa.domain.autorenewal.operations.look_after import LEASE, look_after


def look_after_next(*, now: datetime) -> bool:
    """Look after the automatic renewal that has been due longest; return False if none is due.

    It is leased: `next_at` moves ahead first, in a transaction of its own, and if this worker dies,
    it comes due again; so it does if the price moves while its order is placed. No transaction may
    be open: a provider may be called.
    Locks: one that nobody holds (`SKIP LOCKED`); then as look_after, then as charge_attempt.
    """
    auto_id = _lease(now)
    if auto_id is None:
        return False
    try:
        attempt_id = look_after(auto_id=auto_id, now=now)
    except OfferMovedError:
        return True
    if attempt_id is not None:
        charge_attempt(attempt_id=attempt_id, now=now)
    return True


@transaction.atomic
def _lease(now: datetime) -> int | None:
    auto = (
        AutoRenewal.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(next_at__lte=now)
        .order_by("next_at")
        .first()
    )
    if auto is None:
        return None
    auto.next_at = now + LEASE
    auto.save(update_fields=["next_at"])
    return auto.pk
