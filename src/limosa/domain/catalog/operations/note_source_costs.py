from collections.abc import Mapping

from limosa.domain.catalog.models import PlanSource
from limosa.foundation.money import Money


def note_source_costs(*, costs: Mapping[int, Money]) -> None:
    """Note what suppliers charge now, by the ids of the sources; those that are gone are left out.

    They come from the suppliers' lists, so a catalogue file does not change them any more. Orders
    from then on are sent with these costs. Locks: the rows, by the UPDATE.
    """
    rows = PlanSource.objects.in_bulk(sorted(costs))
    for pk, row in rows.items():
        row.cost_minor, row.cost_currency = costs[pk].amount_minor, costs[pk].currency
        row.cost_is_listed = True
    fields = ["cost_minor", "cost_currency", "cost_is_listed"]
    PlanSource.objects.bulk_update(rows.values(), fields, batch_size=500)
