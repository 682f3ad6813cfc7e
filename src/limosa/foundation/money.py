"""Amounts of money in whole minor units, with their currency; never a float.

Exponents follow ISO 4217 (not CLDR, which differs for some currencies).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

BASIS_POINTS = 10_000

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)


class CurrencyMismatchError(ValueError):
    """Amounts in different currencies where one currency is needed."""


def exponent(currency: str) -> int:
    """Return the number of decimal digits of a currency's minor unit (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: Money(2500, "USD") is 25 dollars."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """Return the sum. Raises CurrencyMismatchError."""
        self._check_same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference. Raises CurrencyMismatchError."""
        self._check_same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        """Return the same amount in the other direction."""
        return Money(-self.amount_minor, self.currency)

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, exactly (for display and for decimal wires)."""
        return Decimal(self.amount_minor).scaleb(-exponent(self.currency))

    def _check_same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} met {other.currency}")


def convert(amount: Money, *, to_currency: str, rate: Decimal) -> Money:
    """Return `amount` in another currency; `rate` is units of `to_currency` for one of its own.

    Rounded half away from zero, as is usual in commerce.
    """
    shift = exponent(to_currency) - exponent(amount.currency)
    exact = Decimal(amount.amount_minor) * rate * (Decimal(10) ** shift)
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), to_currency)


def tax_included(total_minor: int, *, rate_basis_points: int) -> int:
    """Return the tax in a tax-inclusive total, rounded half up; the net takes the remainder."""
    numerator = total_minor * rate_basis_points
    denominator = BASIS_POINTS + rate_basis_points
    return (2 * numerator + denominator) // (2 * denominator)


def share(total_minor: int, *, part: int, whole: int) -> int:
    """Return `part/whole` of a total, rounded down, between 0 and the total."""
    if whole <= 0:
        return total_minor
    return total_minor * min(max(part, 0), whole) // whole
