from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import AccountKind, Posting
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import supplied
from limosa.foundation.money import Money


def book_supply_credit(*, supply: Supply, now: datetime) -> bool:
    """Book that a supplier gave back what was booked for an order that it cancelled, whatever cost
    it has said since; return False if that is booked, or no cost was.

    Commits with the caller's transaction, which holds the supply.
    """
    key = f"supply:{supply.order_number}:{supply.supplier_id}"
    booked = (
        Posting.objects.filter(entry__key=key, account__kind=AccountKind.SUPPLIER)
        .select_related("account")
        .first()
    )
    if booked is None:
        return False
    return post_entry(
        key=f"{key}:back",
        kind="supply_credit",
        order_number=supply.order_number,
        legs=supplied(supply.supplier_id, Money(booked.amount_minor, booked.account.currency)),
        now=now,
    )
