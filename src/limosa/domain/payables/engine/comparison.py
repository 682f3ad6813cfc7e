"""What differs between a supplier's statement and our books, about one order or one charge.

Both sides are sums: what the supplier charged less what it gave back, and the cost that we booked
less what we booked back, with the corrections since. So whatever is wrong, one correction of the
difference brings the books to the statement, and a later line that explains it takes it away again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limosa.foundation.money import Money

# A supplier that rounds another way than we do is off by one minor unit at most.
ROUNDING_MINOR = 1


class ChargeProblem(StrEnum):
    """What is wrong. The console says what to do about each."""

    ROUNDING = "rounding"  # off by a rounding: booked at once
    AMOUNT = "amount"
    CURRENCY = "currency"  # charged in another currency than we booked
    UNKNOWN = "unknown"  # charged for something that is not ours, as far as we know
    EXPLAINED = "explained"  # a charge that was unknown and is booked; its order was found since
    NOT_BOOKED = "not_booked"  # our order, but we booked no cost
    TWICE = "twice"  # charged more than once
    NOT_CHARGED = "not_charged"  # we booked a cost, and it was never charged
    CREDIT_NOT_BOOKED = "credit_not_booked"  # given back more than we booked back
    NOT_CREDITED = "not_credited"  # we booked it back, and it was not given back


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One order at a supplier, or one charge that is about none (`is_ours` False).

    `lines`: what the supplier charged, negative: gave back. `cost`, `credit`: what we booked, and
    booked back. `corrected`: what corrections added to that, by currency. `is_due`: a line for
    what we booked should be there by now.
    """

    is_ours: bool
    lines: tuple[Money, ...] = ()
    cost: Money | None = None
    credit: Money | None = None
    corrected: Mapping[str, int] = field(default_factory=dict)
    is_due: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFound:
    """A difference in one currency; positive amounts are what we paid."""

    problem: ChargeProblem
    currency: str
    theirs_minor: int
    ours_minor: int

    @property
    def delta_minor(self) -> int:
        """What a correction has to book."""
        return self.theirs_minor - self.ours_minor


def theirs_in(compared: Compared, currency: str) -> int:
    """Return what the supplier charged, less what it gave back."""
    return sum(_minors(compared.lines, currency))


def ours_in(compared: Compared, currency: str) -> int:
    """Return what is booked, less what is booked back, with corrections."""
    cost, credit = _minor(compared.cost, currency), _minor(compared.credit, currency)
    return cost - credit + compared.corrected.get(currency, 0)


def may_still_come(compared: Compared) -> bool:
    """Return whether a line for what we booked may still come, so that nothing can be said yet."""
    if compared.is_due or not compared.is_ours or compared.cost is None:
        return False
    is_charged = any(line.amount_minor > 0 for line in compared.lines)
    is_credited = any(line.amount_minor < 0 for line in compared.lines)
    return not is_charged or (compared.credit is not None and not is_credited)


def differences(compared: Compared) -> list[ChargeFound]:
    """Return what differs, by currency; empty: both sides agree, or a line may still come."""
    if may_still_come(compared):
        return []
    sums = [
        (currency, theirs_in(compared, currency), ours_in(compared, currency))
        for currency in sorted(_currencies(compared))
    ]
    return [
        ChargeFound(
            problem=_problem(compared, currency, theirs - ours),
            currency=currency,
            theirs_minor=theirs,
            ours_minor=ours,
        )
        for currency, theirs, ours in sums
        if theirs != ours
    ]


def _problem(compared: Compared, currency: str, delta_minor: int) -> ChargeProblem:
    if not compared.is_ours:
        return ChargeProblem.UNKNOWN if compared.lines else ChargeProblem.EXPLAINED
    if compared.cost is None:
        return ChargeProblem.NOT_BOOKED
    if any(line.currency != compared.cost.currency for line in compared.lines):
        return ChargeProblem.CURRENCY
    return _problem_of_amounts(compared, currency, delta_minor)


def _problem_of_amounts(compared: Compared, currency: str, delta_minor: int) -> ChargeProblem:
    charges = [minor for minor in _minors(compared.lines, currency) if minor > 0]
    given_back = [-minor for minor in _minors(compared.lines, currency) if minor < 0]
    booked_back = _minor(compared.credit, currency)
    is_one_each = len(charges) == 1 and len(given_back) <= 1
    is_same_course = bool(given_back) == bool(booked_back)
    is_rounding = is_one_each and is_same_course and abs(delta_minor) <= ROUNDING_MINOR
    cases = (
        (not charges, ChargeProblem.NOT_CHARGED),
        (len(charges) > 1 and delta_minor > 0, ChargeProblem.TWICE),
        (is_rounding, ChargeProblem.ROUNDING),
        (sum(given_back) > booked_back, ChargeProblem.CREDIT_NOT_BOOKED),
        (sum(given_back) < booked_back, ChargeProblem.NOT_CREDITED),
    )
    return next((problem for holds, problem in cases if holds), ChargeProblem.AMOUNT)


def _currencies(compared: Compared) -> set[str]:
    booked = [money.currency for money in (compared.cost, compared.credit) if money is not None]
    return {*booked, *compared.corrected, *(line.currency for line in compared.lines)}


def _minors(lines: Iterable[Money], currency: str) -> list[int]:
    return [line.amount_minor for line in lines if line.currency == currency]


def _minor(money: Money | None, currency: str) -> int:
    return money.amount_minor if money is not None and money.currency == currency else 0
