"""Import a supplier's statement from a file."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from limosa.domain.connectivity.answers import Charge
from limosa.domain.payables.engine.statement_file import read_statement
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.operations.compare_charges import compare_charges
from limosa.domain.payables.operations.store_charges import store_charges

_MOMENT = timedelta(microseconds=1)


@transaction.atomic
def import_statement(*, supplier_code: str, path: Path, now: datetime) -> list[Charge]:
    """Store the lines of a CSV file and compare them with our books; return the lines.

    The file is taken to hold all that was charged from its first line to its last. May be repeated:
    nothing is stored or booked twice.
    Raises: CatalogFaultsError with every error in the file; nothing changed. OSError.
    Locks:  the supplier's account.
    """
    charges = read_statement(path.read_bytes(), file=path.name, now=now)
    hold_account(supplier_code)
    store_charges(supplier_code=supplier_code, charges=charges)
    times = [charge.charged_at for charge in charges]
    compare_charges(
        supplier_code=supplier_code, since=min(times), until=max(times) + _MOMENT, now=now
    )
    return charges
