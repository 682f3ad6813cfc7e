from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import supplied


def book_supply_cost(*, supply: Supply, now: datetime) -> bool:
    """Book what a supplier charges for an order that it delivered; return False if that is booked,
    at this cost or another, or the cost is not known.

    Wanted or not: it was delivered, and is charged. If it says another cost later, its statement
    decides. Commits with the caller's transaction, which holds the supply.
    """
    key = f"supply:{supply.order_number}:{supply.supplier_id}"
    if not supply.cost_minor or supply.cost is None:
        return False
    if JournalEntry.objects.filter(key=key).exists():
        return False
    return post_entry(
        key=key,
        kind="supply_cost",
        order_number=supply.order_number,
        legs=supplied(supply.supplier_id, supply.cost),
        now=now,
    )
