"""Change what staff say of a plan where it is used."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from limosa.domain.coverage.engine.facts import Origin, PlanFacts, written
from limosa.domain.coverage.models import StatedFacts
from limosa.domain.coverage.stating import columns_of, forget_empty, store_sets, whole_facts_of


@transaction.atomic
def state_by_staff(
    *, plan_code: str, edit: Callable[[PlanFacts], PlanFacts], now: datetime
) -> tuple[PlanFacts, PlanFacts]:
    """Return what staff said of the plan before and say after `edit`; the same: nothing changed.

    What staff say counts before lists and files. What they no longer say is what those say.
    Locks:  the row of what staff say.
    """
    rows = StatedFacts.objects.filter(origin=Origin.STAFF, supplier="", code=plan_code)
    # Locks the row, and makes one even if another is removing it at the same moment.
    StatedFacts.objects.bulk_create(
        [StatedFacts(origin=Origin.STAFF, code=plan_code, stated_at=now)],
        update_conflicts=True,
        unique_fields=["code", "origin", "supplier"],
        update_fields=["origin"],
    )
    before = whole_facts_of(rows.select_related("networks").get())
    after = edit(before)
    if after != before:
        digests = store_sets([after.networks]) if after.networks else {}
        rows.update(
            networks_id=digests.get(written(after.networks)), stated_at=now, **columns_of(after)
        )
    forget_empty(rows)
    return before, after
