"""Import a supplier's price list from a file."""

from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.wholesale.engine.sheet_file import FILE_BYTES_MAX, read_sheet
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.refusals import SellsNoPlansError, SheetFetchedError
from limosa.domain.wholesale.storing import store_list


@transaction.atomic
def import_sheet(*, supplier_code: str, path: Path, now: datetime) -> PriceSheet:
    """Store a CSV file as the supplier's newest sheet, compared with the last; return it.

    Raises: CatalogFaultsError with every error in the file; SheetFetchedError: another list of this
            supplier is being fetched or imported right now; SellsNoPlansError: by its list all that
            is sold of it would go off sale. Nothing changed. OSError.
    Locks:  the new sheet's row.
    """
    if capabilities_of(supplier_code).leaves_bundles_to_us:
        raise SellsNoPlansError
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES_MAX + 1)
    plans = read_sheet(raw, file=path.name)
    try:
        with transaction.atomic():
            sheet = PriceSheet.objects.create(
                supplier=supplier_code,
                file_name=path.name[-255:],
                asked_at=now,
                touched_at=now,
            )
    except IntegrityError as error:
        raise SheetFetchedError from error
    return store_list(sheet, plans, now=now)
