"""The entries about money at suppliers, as pure lists of legs."""

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money


def deposited(supplier_code: str, amount: Money) -> list[Leg]:
    """Money was paid to a supplier, from a bank account; negative: that is undone."""
    return [Leg("supplier", amount, owner=supplier_code), Leg("bank", -amount)]


def corrected(supplier_code: str, amount: Money, *, is_ours: bool) -> list[Leg]:
    """The supplier charged more than was booked; negative: less. What is no order of ours is a
    loss."""
    expense = "cost_of_sales" if is_ours else "losses"
    return [Leg(expense, amount), Leg("supplier", -amount, owner=supplier_code)]
