"""Have a supplier's price list fetched."""

from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetState
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.refusals import NoListError

# A page takes seconds, so whoever has been silent for this long has stopped.
SILENT_AFTER = timedelta(minutes=10)


@transaction.atomic
def request_sheet(*, supplier_code: str, now: datetime) -> PriceSheet:
    """Return the sheet that is being fetched; a new one if there is none. Fetches nothing.

    One whose fetching has been silent for ten minutes fails first.
    Raises: NoListError: the supplier is not set up, or has no list that can be fetched.
    Locks:  the sheet's row, by the UPDATE.
    """
    if not capabilities_of(supplier_code).lists_plans:
        raise NoListError
    PriceSheet.objects.filter(
        supplier=supplier_code, state=SheetState.FETCHING, touched_at__lt=now - SILENT_AFTER
    ).update(state=SheetState.FAILED, failure=SheetFailure.ABANDONED, done_at=now)
    sheet, _ = PriceSheet.objects.get_or_create(
        supplier=supplier_code,
        state=SheetState.FETCHING,
        defaults={"asked_at": now, "touched_at": now},
    )
    return sheet
