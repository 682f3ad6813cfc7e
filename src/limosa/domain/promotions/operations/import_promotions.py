"""Import a file of promotions."""

from dataclasses import asdict, fields
from pathlib import Path

from django.db import transaction

from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.promotions.engine.promotions_file import Known, PromotionRow, read_promotions
from limosa.domain.promotions.models import Promotion

_FIELDS = [field.name for field in fields(PromotionRow) if field.name != "code"]


@transaction.atomic
def import_promotions(*, path: Path) -> int:
    """Store the promotions in a file, and return how many it holds.

    An existing promotion is replaced, whether it has begun or not; one that is not in the file
    stays, since quotes may refer to it, and so does the end that staff gave one before its time.

    Raises: CatalogFaultsError with every error in the file; nothing changed. OSError.
    """
    rows = read_promotions(
        path.read_bytes(),
        file=path.name,
        known=Known(
            plans=frozenset(Plan.objects.values_list("code", flat=True)),
            carriers=frozenset(Carrier.objects.values_list("code", flat=True)),
        ),
    )
    Promotion.objects.bulk_create(
        [Promotion(**asdict(row)) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_FIELDS,
    )
    return len(rows)
