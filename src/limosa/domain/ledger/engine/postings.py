"""Legs of a journal entry, and the rule that they balance."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from limosa.foundation.money import Money


class UnbalancedEntryError(ValueError):
    """The legs of an entry do not sum to zero in each currency, or there are fewer than two."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry. Positive is a debit, negative a credit.

    `kind` and `owner` make the account's code: `clearing:wechatpay:CNY`, `wallet:17:USD`,
    `revenue:USD`.
    """

    kind: str
    amount: Money
    owner: str = ""

    @property
    def account_code(self) -> str:
        """The code of the account that this leg is posted to."""
        return ":".join(part for part in (self.kind, self.owner, self.amount.currency) if part)


def check_balanced(legs: Iterable[Leg]) -> None:
    """Raise UnbalancedEntryError unless the legs are two or more and sum to zero per currency."""
    totals: dict[str, int] = defaultdict(int)
    count = 0
    for leg in legs:
        totals[leg.amount.currency] += leg.amount.amount_minor
        count += 1
    if count < 2:
        raise UnbalancedEntryError("an entry has two legs or more")
    wrong = {currency: total for currency, total in totals.items() if total}
    if wrong:
        raise UnbalancedEntryError(f"an entry sums to zero per currency, not to {wrong}")


def drop_empty(legs: Iterable[Leg]) -> list[Leg]:
    """Return the legs whose amount is not zero."""
    return [leg for leg in legs if leg.amount.amount_minor]
