"""What must be true of wallet top-ups whenever everything that is due has been done.

What is left of a top-up is computed from its payment, not from what the top-up says of itself.
"""

from collections import Counter
from dataclasses import dataclass

from limosa.domain.payments.models import Payment
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa_lab.simulation.broken import check


@dataclass(frozen=True, slots=True)
class PaidTopUp:
    """A top-up that was paid: `left_minor` of it has not gone back, of which some may be frozen."""

    top_up: WalletTopUp
    payment: Payment

    @property
    def left_minor(self) -> int:
        total, paid = self.top_up.amount_minor, self.payment
        return total - total * paid.refunded_minor // paid.received_minor

    @property
    def wallet(self) -> str:
        return f"wallet:{self.payment.subscriber_id}:{self.top_up.currency}"


def paid_top_ups() -> list[PaidTopUp]:
    """Return the top-ups that were paid, each by one payment of the whole sum.

    Raises InvariantBrokenError, an AssertionError.
    """
    paying: dict[str, list[Payment]] = {}
    for payment in Payment.objects.filter(pays_order=True, order_number__startswith="T-"):
        paying.setdefault(payment.order_number, []).append(payment)
    found = []
    for top_up in WalletTopUp.objects.all():
        payments = paying.pop(top_up.number, [])
        is_paid = top_up.state in {TopUpState.PAID, TopUpState.REFUNDED}
        check(len(payments) == is_paid, "F2", f"{top_up} is {top_up.state}: {payments}")
        if payments:
            one = PaidTopUp(top_up, payments[0])
            reversed_minor = top_up.amount_minor - one.left_minor
            check(top_up.reversed_minor == reversed_minor, "F8", f"{top_up}: {reversed_minor}")
            check((one.left_minor == 0) == (top_up.state == TopUpState.REFUNDED), "F2", top_up)
            found.append(one)
    check(not paying, "I6", f"payments of no top-up: {paying}")
    return found


def in_wallets() -> Counter[str]:
    """Return what wallets were given by top-ups, by their codes."""
    due: Counter[str] = Counter()
    for one in paid_top_ups():
        due[one.wallet] += one.left_minor - one.top_up.frozen_minor
    return due


def frozen() -> dict[str, int]:
    """Return the balances that the accounts of frozen money must have, by their codes."""
    due: Counter[str] = Counter()
    for top_up in WalletTopUp.objects.filter(frozen_minor__gt=0):
        due[f"wallet_frozen:{top_up.currency}"] -= top_up.frozen_minor
    return dict(due)


def exchanged() -> Counter[str]:
    """Return what the accounts of conversions have of top-ups, by their codes."""
    due: Counter[str] = Counter()
    for one in paid_top_ups():
        paid = one.payment
        if paid.received_currency != one.top_up.currency:
            due[f"exchange:{paid.received_currency}"] -= paid.received_minor - paid.refunded_minor
            due[f"exchange:{one.top_up.currency}"] += one.left_minor
    return due
