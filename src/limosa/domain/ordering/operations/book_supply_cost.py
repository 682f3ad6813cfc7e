from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import supplied


def book_supply_cost(*, supply: Supply, now: datetime) -> bool:
    """Book what a supplier charges for an order that it delivered; return False if that is booked,
    or the cost is not known.

    Wanted or not: it was delivered, and is charged. Commits with the caller's transaction, which
    holds the supply.
    """
    if not supply.cost_minor or supply.cost is None:
        return False
    return post_entry(
        key=f"supply:{supply.order_number}:{supply.supplier_id}",
        kind="supply_cost",
        order_number=supply.order_number,
        legs=supplied(supply.supplier_id, supply.cost),
        now=now,
    )
