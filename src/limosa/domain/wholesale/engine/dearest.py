"""One price for a plan that several suppliers sell us: the highest that the rules make for any.

An order goes to the first of them, and to the next where that one refuses; a renewal goes to the
one that its eSIM came from. So any of them may be the one that is paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from limosa.domain.wholesale.engine.pricing import Rule, is_within_limits
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a plan costs and should sell for, in minor units by currency, if one supplier is paid.

    `costs`: as far as there is a rate. `rule`: the one that covers the plan there; None: none does.
    `unpriced`: why it has no price in some currencies.
    """

    supplier: str
    cost: Money
    costs: Mapping[str, int]
    rule: Rule | None
    wanted: Mapping[str, int]
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dearest:
    """`lead`: the supplier that makes the most of the prices, or of the costs where there are no
    prices; of several, the first."""

    lead: Priced
    costs: Mapping[str, int]
    wanted: Mapping[str, int]
    unpriced: tuple[str, ...]


def dearest_of(priced: Sequence[Priced]) -> Dearest:
    """Return the highest costs and prices. A currency in which one has no price has none."""
    first, *others = priced
    wanted = {
        currency: max(one.wanted[currency] for one in priced)
        for currency in first.wanted
        if all(currency in one.wanted for one in others)
    }
    currencies = sorted({currency for one in priced for currency in one.costs})
    costs = {
        currency: max(one.costs[currency] for one in priced if currency in one.costs)
        for currency in currencies
    }

    def leads(one: Priced) -> tuple[int, int]:
        prices = sum(one.wanted[currency] == minor for currency, minor in wanted.items())
        return prices, sum(one.costs.get(currency) == minor for currency, minor in costs.items())

    reasons = dict.fromkeys(reason for one in priced for reason in one.unpriced)
    return Dearest(lead=max(priced, key=leads), costs=costs, wanted=wanted, unpriced=tuple(reasons))


def worst_of(priced: Sequence[Priced], prices: Mapping[str, int]) -> Priced:
    """Return the one that costs the most of what the plan sells for, in any currency; of several,
    the first: if a plan is sold at a loss, the one to name."""

    def share(one: Priced) -> Fraction:
        shares = [Fraction(minor, prices[currency]) for currency, minor in one.costs.items()]
        return max(shares, default=Fraction(0))

    return max(priced, key=share)


def may_all_apply(
    priced: Sequence[Priced], before: Mapping[str, int], after: Mapping[str, int]
) -> bool:
    """Return whether the rules of all suppliers let prices change without anybody's approval."""
    rules = [one.rule for one in priced]
    return all(rule and is_within_limits(before, after, rule=rule) for rule in rules)
