"""From what a plan costs us to what it sells for: margin, floor, rounding. Exact all the way.

A price includes tax, and the fee of whoever takes the money is kept from it. What is left has to
cover the cost: the least price at which it does is the floor, and no price is below it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from limosa.foundation.money import BASIS_POINTS, Money, exponent

# Ours: a price above it is a slip of a rule or a rate, not a price.
PRICE_MINOR_MAX = 10**12


class NoPriceError(Exception):
    """The rules make no price. `reason`: a term of ours; `subject`: the currency, if it is one."""

    def __init__(self, reason: str, subject: str = "") -> None:
        super().__init__(f"{reason} {subject}".rstrip())
        self.reason = reason
        self.subject = subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How plans are priced that it covers.

    `supplier`: of the plan; empty: any. `countries`: it covers a plan that is for these countries
    and no other; empty: any. `least_bytes`, `below_bytes`: the sizes it covers; with either, no
    unlimited plan. The margin is added to the cost: in hundredths of a percent of it, and at least
    `least_margin`. `up_basis_points`, `down_basis_points`: a price may rise or fall by so much
    without anybody's approval.
    """

    code: str
    supplier: str = ""
    countries: frozenset[str] = frozenset()
    least_bytes: int | None = None
    below_bytes: int | None = None
    margin_basis_points: int
    least_margin: Money
    up_basis_points: int = 0
    down_basis_points: int = 0

    def covers(self, *, supplier: str, countries: Sequence[str], volume_bytes: int | None) -> bool:
        """Return whether a plan is priced by it."""
        if self.supplier and self.supplier != supplier:
            return False
        if self.countries and not (countries and self.countries.issuperset(countries)):
            return False
        if self.least_bytes is None and self.below_bytes is None:
            return True
        if volume_bytes is None or volume_bytes < (self.least_bytes or 0):
            return False
        return self.below_bytes is None or volume_bytes < self.below_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Prices end on `ending_minor` within each `step_minor`: 0 <= ending_minor < step_minor."""

    step_minor: int
    ending_minor: int = 0

    def at_least(self, amount: Fraction) -> int:
        """Return the lowest price that ends so and is not below the amount."""
        whole = ceil(amount)
        return whole + (self.ending_minor - whole) % self.step_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What is kept from a payment: a share of it, and a fixed part in its currency."""

    basis_points: int
    fixed: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every price depends on.

    `endings`: by currency; prices are made in these. `rates`: units of the second currency for one
    of the first, in major units. `tax_basis_points`: of the net amount.
    """

    endings: Mapping[str, Ending]
    rates: Mapping[tuple[str, str], Fraction]
    fee: Fee
    tax_basis_points: int


def rule_for(
    rules: Sequence[Rule], *, supplier: str, countries: Sequence[str], volume_bytes: int | None
) -> Rule:
    """Return the first rule that covers a plan. Raises NoPriceError."""
    for rule in rules:
        if rule.covers(supplier=supplier, countries=countries, volume_bytes=volume_bytes):
            return rule
    raise NoPriceError("no_rule")


def price_of(cost: Money, *, currency: str, rule: Rule, terms: Terms) -> Money:
    """Return the price in a currency: never below its floor, and never less for a higher cost.

    Raises NoPriceError.
    """
    ending = terms.endings.get(currency)
    if ending is None:
        raise NoPriceError("no_ending", currency)
    own = converted(cost, currency=currency, terms=terms)
    least = converted(rule.least_margin, currency=currency, terms=terms)
    net = own + max(own * rule.margin_basis_points / BASIS_POINTS, least)
    wanted = net * (BASIS_POINTS + terms.tax_basis_points) / BASIS_POINTS
    price = ending.at_least(
        max(wanted, floor_of(cost, currency=currency, terms=terms), Fraction(1))
    )
    if price > PRICE_MINOR_MAX:
        raise NoPriceError("too_high", currency)
    return Money(price, currency)


def floor_of(cost: Money, *, currency: str, terms: Terms) -> Fraction:
    """Return the least price, in minor units, of which the cost is left after tax and the fee.

    Before tax and fee are rounded to whole minor units. Raises NoPriceError.
    """
    if currency not in terms.fee.fixed:
        raise NoPriceError("no_fee", currency)
    tax = Fraction(terms.tax_basis_points, BASIS_POINTS + terms.tax_basis_points)
    left = 1 - tax - Fraction(terms.fee.basis_points, BASIS_POINTS)
    if left <= 0:
        raise NoPriceError("fee_takes_all", currency)
    return (converted(cost, currency=currency, terms=terms) + terms.fee.fixed[currency]) / left


def converted(amount: Money, *, currency: str, terms: Terms) -> Fraction:
    """Return an amount in minor units of another currency, exactly. Raises NoPriceError."""
    if amount.currency == currency or not amount.amount_minor:
        return Fraction(amount.amount_minor)
    rate = terms.rates.get((amount.currency, currency))
    if rate is None:
        raise NoPriceError("no_rate", f"{amount.currency} {currency}")
    return (
        amount.amount_minor
        * rate
        * Fraction(10) ** (exponent(currency) - exponent(amount.currency))
    )


def change_in_basis_points(before_minor: int, after_minor: int) -> int:
    """Return by how much a price moves, away from zero, so that no limit is passed unseen."""
    moved = Fraction((after_minor - before_minor) * BASIS_POINTS, before_minor)
    return ceil(moved) if moved > 0 else -ceil(-moved)


def is_within_limits(before: Mapping[str, int], after: Mapping[str, int], *, rule: Rule) -> bool:
    """Return whether prices may change without anybody's approval: each of them little enough, and
    none that is new."""
    for currency, minor in after.items():
        if currency not in before:
            return False
        moved = change_in_basis_points(before[currency], minor)
        if moved > rule.up_basis_points or -moved > rule.down_basis_points:
            return False
    return True
