from datetime import datetime

from django.db import transaction

from limosa.domain.charging.operations.grant_reserve import grant_reserve
from limosa.domain.charging.reserves import bundles_without_reserve, granting_suppliers
from limosa.domain.esims.models import Esim


def grant_due_reserves(*, now: datetime, most: int = 200) -> int:
    """Grant the reserves that are due after bundles whose time was over; return how many.

    What is used up has its reserve at once (record_usage). Each commits on its own; an eSIM that
    somebody else holds is left for the next round.
    Locks: the eSIM.
    """
    if not granting_suppliers():
        return 0
    due = bundles_without_reserve(now=now).order_by("ended_at").values_list("esim_id", flat=True)
    return sum(_grant(esim_id, now) for esim_id in list(due[:most]))


@transaction.atomic
def _grant(esim_id: int, now: datetime) -> bool:
    esim = Esim.objects.select_for_update(skip_locked=True).filter(pk=esim_id).first()
    return esim is not None and grant_reserve(esim=esim, now=now) is not None
