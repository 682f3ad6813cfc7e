"""The rate between two currencies, via the euro, from the European Central Bank's rates."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

EURO = "EUR"
# A rupiah is worth so little that four decimals would leave one significant digit.
_DECIMALS_MIN, _DIGITS_MIN = 4, 5


def cross_rate(from_per_euro: Decimal, to_per_euro: Decimal) -> Decimal:
    """Return units of the second currency for one of the first, rounded half up.

    It has at least four decimals and at least five significant digits.
    """
    with localcontext(prec=50):
        exact = to_per_euro / from_per_euro
        decimals = max(_DECIMALS_MIN, _DIGITS_MIN - 1 - exact.adjusted())
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
