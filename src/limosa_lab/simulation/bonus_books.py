"""What must be true of bonuses whenever everything that is due has been done.

What should be there is computed from top-ups and payments, and compared with the journal.
"""

from collections import Counter

from limosa.domain.ledger.models import AccountKind
from limosa.domain.ledger.queries import trial_balance
from limosa.domain.payments.models import Payment
from limosa.domain.wallets.models import Bonus, BonusUse, TopUpState
from limosa_lab.simulation.broken import check


def paid_by_bonus() -> Counter[str]:
    """Return what of wallets' payments bonus paid, and what wallets paid for bonus that was spent,
    as what they have more or less, by the wallets' codes."""
    due: Counter[str] = Counter()
    for use in BonusUse.objects.select_related("bonus"):
        paid = Payment.objects.get(number=use.payment_number)
        whose = (paid.provider, paid.subscriber_id)
        check(whose == ("wallet", use.bonus.subscriber_id), "F4", f"{use}: {whose}")
        due[_wallet(use.bonus)] += use.used_minor - use.returned_minor
    for bonus in Bonus.objects.filter(paid_minor__gt=0):
        due[_wallet(bonus)] -= bonus.paid_minor
    return due


def check_bonuses() -> None:
    """Raise InvariantBrokenError, an AssertionError."""
    owed: Counter[str] = Counter()
    for bonus in Bonus.objects.select_related("top_up"):
        top_up = bonus.top_up
        check(top_up.state in {TopUpState.PAID, TopUpState.REFUNDED}, "F2", f"{bonus}: {top_up}")
        check(bonus.granted_minor == top_up.bonus_minor, "F4", f"{bonus}: {top_up.bonus_minor}")
        uses = sum(use.used_minor - use.returned_minor for use in bonus.uses.all())
        away = bonus.expired_minor + bonus.taken_minor + bonus.held_minor
        left = top_up.bonus_minor - uses - away
        check(left >= 0, "F4", f"more was used of {bonus} than given")
        owed[f"bonus:{bonus.currency}"] -= left
        owed[f"bonus_discounts:{bonus.currency}"] += left + uses - bonus.paid_minor
    kinds = {AccountKind.BONUS, AccountKind.BONUS_DISCOUNTS}
    booked = {
        row.code: row.balance_minor
        for row in trial_balance()
        if row.kind in kinds and row.balance_minor
    }
    due = {code: amount for code, amount in owed.items() if amount}
    check(booked == due, "F4", f"the books have {booked}, the bonuses {due}")


def _wallet(bonus: Bonus) -> str:
    return f"wallet:{bonus.subscriber_id}:{bonus.currency}"
