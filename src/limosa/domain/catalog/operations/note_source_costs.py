from collections.abc import Mapping

from limosa.domain.catalog.models import PlanSource
from limosa.foundation.money import Money


def note_source_costs(*, costs: Mapping[int, Money]) -> None:
    """Note what suppliers charge now, by the ids of the sources; those that are gone are left out.

    Orders from then on are sent with these costs. Locks: the rows, by the UPDATE.
    """
    rows = PlanSource.objects.in_bulk(sorted(costs))
    for pk, row in rows.items():
        row.cost_minor, row.cost_currency = costs[pk].amount_minor, costs[pk].currency
    PlanSource.objects.bulk_update(rows.values(), ["cost_minor", "cost_currency"], batch_size=500)
