"""Both sides of a comparison, as the database has them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import AccountKind, Posting
from limosa.domain.payables.engine.comparison import Compared
from limosa.domain.payables.models import ChargeDifference, ChargedLine
from limosa.foundation.money import Money


def supplies_compared(supply_ids: Iterable[int], *, due_before: datetime) -> dict[int, Compared]:
    """Return both sides of some orders of one supplier, by supply. `due_before`: a line for what
    was booked earlier should be there."""
    supplies = {supply.pk: supply for supply in Supply.objects.filter(pk__in=list(supply_ids))}
    lines: dict[int, list[Money]] = defaultdict(list)
    rows = ChargedLine.objects.filter(supply__in=supplies).order_by("charged_at", "id")
    for row in rows:
        lines[row.supply_id or 0].append(Money(row.amount_minor, row.currency))
    corrected: dict[int, dict[str, int]] = defaultdict(dict)
    for difference in ChargeDifference.objects.filter(supply__in=supplies):
        corrected[difference.supply_id or 0][difference.currency] = difference.corrected_minor
    booked = _booked(supplies.values())
    found = {}
    for pk, supply in supplies.items():
        cost, cost_at = booked.get(_key(supply), (None, None))
        credit, credit_at = booked.get(f"{_key(supply)}:back", (None, None))
        latest = max((at for at in (cost_at, credit_at) if at), default=None)
        found[pk] = Compared(
            is_ours=True,
            lines=tuple(lines[pk]),
            cost=-cost if cost else None,
            credit=credit,
            corrected=corrected[pk],
            is_due=latest is None or latest < due_before,
        )
    return found


def charge_compared(supplier_code: str, charge_id: str) -> Compared:
    """Return both sides of a charge that is about no order of ours; once it is about one, what it
    charges is on that order's side."""
    rows = ChargedLine.objects.filter(
        supplier=supplier_code, charge_id=charge_id, supply__isnull=True
    )
    booked = ChargeDifference.objects.filter(
        supplier=supplier_code, charge_id=charge_id, supply__isnull=True
    )
    return Compared(
        is_ours=False,
        lines=tuple(Money(row.amount_minor, row.currency) for row in rows),
        corrected={row.currency: row.corrected_minor for row in booked},
    )


def _key(supply: Supply) -> str:
    """Return the key of the entry of a supply's cost (ordering/operations/book_supply_cost)."""
    return f"supply:{supply.order_number}:{supply.supplier_id}"


def _booked(supplies: Iterable[Supply]) -> dict[str, tuple[Money, datetime]]:
    """Return what was posted to the supplier's account, and when, by the entry's key."""
    keys = [key for supply in supplies for key in (_key(supply), f"{_key(supply)}:back")]
    postings = Posting.objects.filter(
        entry__key__in=keys, account__kind=AccountKind.SUPPLIER
    ).select_related("entry", "account")
    return {
        posting.entry.key: (
            Money(posting.amount_minor, posting.account.currency),
            posting.entry.posted_at,
        )
        for posting in postings
    }
