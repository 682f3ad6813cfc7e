"""What plans cost at this moment, promotion included; for lists, without a quote."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.queries import offered_prices
from limosa.domain.promotions.queries import give_sources, running_promotions
from limosa.domain.shelf.listing import Shelved, shelve


def prices_of(plan_codes: Iterable[str], *, currency: str, now: datetime) -> dict[str, Shelved]:
    """Return what the plans cost that are offered in a currency, top-ups included, by code. Two
    statements; one more while a promotion adds data."""
    rows = offered_prices().filter(plan_id__in=set(plan_codes), currency=currency)
    running = running_promotions(now=now)
    prices = list(rows.select_related("plan"))
    give_sources(prices, running)
    return {row.plan_id: shelve(row, running) for row in prices}
