"""What plans cost at this moment, promotion included; for lists, without a quote."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.queries import offered_prices
from limosa.domain.promotions.queries import running_promotions
from limosa.domain.shelf.listing import Shelved, shelve


def prices_of(plan_codes: Iterable[str], *, currency: str, now: datetime) -> dict[str, Shelved]:
    """Return what the plans cost that are offered in a currency, top-ups included, by code. Two
    statements."""
    rows = offered_prices().filter(plan_id__in=set(plan_codes), currency=currency)
    running = running_promotions(now=now)
    return {row.plan_id: shelve(row, running) for row in rows.select_related("plan")}
