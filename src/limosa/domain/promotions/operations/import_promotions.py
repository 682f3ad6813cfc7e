"""Import a file of promotions."""

from pathlib import Path

from django.db import transaction

from limosa.domain.catalog.models import Plan
from limosa.domain.promotions.engine.promotions_file import read_promotions
from limosa.domain.promotions.models import Promotion


@transaction.atomic
def import_promotions(*, path: Path) -> int:
    """Store the promotions in a file, and return how many it holds.

    An existing promotion is replaced; one that is not in the file stays, since quotes may refer to
    it. To end one early, change its last day.

    Raises: CatalogFaultsError with every error in the file; nothing changed. OSError.
    """
    rows = read_promotions(
        path.read_bytes(),
        file=path.name,
        known_plans=frozenset(Plan.objects.values_list("code", flat=True)),
    )
    Promotion.objects.bulk_create(
        [
            Promotion(
                code=row.code,
                name=row.name,
                percent_off=row.percent_off,
                bonus_bytes=row.bonus_bytes,
                plan_codes=row.plan_codes,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name",
            "percent_off",
            "bonus_bytes",
            "plan_codes",
            "starts_at",
            "ends_at",
        ],
    )
    return len(rows)
