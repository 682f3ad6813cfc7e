from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import supplied


def book_supply_credit(*, supply: Supply, now: datetime) -> bool:
    """Book that a supplier gave back the cost of an order that it cancelled; return False if that
    is booked, or its cost never was.

    Commits with the caller's transaction, which holds the supply.
    """
    key = f"supply:{supply.order_number}:{supply.supplier_id}"
    if supply.cost is None or not JournalEntry.objects.filter(key=key).exists():
        return False
    return post_entry(
        key=f"{key}:back",
        kind="supply_credit",
        order_number=supply.order_number,
        legs=supplied(supply.supplier_id, -supply.cost),
        now=now,
    )
