from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.payables.engine.bookings import corrected
from limosa.domain.payables.models import ChargeDifference
from limosa.foundation.money import Money


def correct_books(*, difference: ChargeDifference, now: datetime) -> None:
    """Book what brings our books to the supplier's statement, by an entry of its own; the
    difference counts it.

    Does not save the difference's state. Commits with the caller's transaction, which holds the
    supplier's account and has just compared the difference.
    """
    delta = Money(difference.delta_minor, difference.currency)
    difference.corrections += 1
    post_entry(
        key=f"charge:{difference.pk}:{difference.corrections}",
        kind="supply_correction",
        order_number=difference.supply.order_number if difference.supply else "",
        legs=corrected(difference.supplier, delta, is_ours=difference.supply_id is not None),
        now=now,
    )
    difference.corrected_minor += delta.amount_minor
    difference.ours_minor += delta.amount_minor
    difference.save(update_fields=["corrections", "corrected_minor", "ours_minor"])
