"""Import a file of exchange rates."""

from pathlib import Path

from django.db import transaction

from limosa.domain.catalog.engine.rates_file import read_rates
from limosa.domain.catalog.models import ExchangeRate

SOURCE = "ECB"
_ROWS_PER_STATEMENT = 2_000


@transaction.atomic
def import_rates(*, path: Path) -> int:
    """Store the rates in a file, and return how many it holds. Existing rates of a day are
    replaced, so importing the same file twice changes nothing.

    Raises: CatalogFaultsError with every error in the file; nothing changed. OSError.
    """
    rates = read_rates(path.read_bytes(), file=path.name)
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                currency=rate.currency, day=rate.day, per_euro=rate.per_euro, source=SOURCE
            )
            for rate in rates
        ],
        batch_size=_ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["currency", "day"],
        update_fields=["per_euro", "source"],
    )
    return len(rates)
