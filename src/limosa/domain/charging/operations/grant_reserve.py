from datetime import datetime, timedelta

from django.conf import settings

from limosa.domain.charging.models import Reserve
from limosa.domain.charging.reserves import bundles_without_reserve, granting_suppliers
from limosa.domain.esims.models import Esim
from limosa.domain.rows import insert_row_once


def grant_reserve(*, esim: Esim, now: datetime) -> Reserve | None:
    """Return the reserve that an eSIM gets after its last bundle; None: none is due.

    It costs nobody anything and is not booked. One bundle has one reserve, ever: the table decides
    races. The caller holds the eSIM. Commits with the caller's transaction.
    """
    if esim.supplier_id not in granting_suppliers():
        return None
    bundle = bundles_without_reserve(now=now).filter(esim=esim).order_by("-id").first()
    if bundle is None:
        return None
    reserve = Reserve(
        bundle=bundle,
        esim=esim,
        volume_bytes=settings.RESERVE_BYTES,
        granted_at=now,
        ends_at=now + timedelta(days=settings.RESERVE_DAYS),
    )
    return reserve if insert_row_once(reserve) else None
