"""A rate between two currencies, by way of the euro, as the European Central Bank publishes."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

EURO = "EUR"
# A rupiah is worth so little that four decimals would be one digit of it, and wrong by a tenth.
_DECIMALS_MIN, _DIGITS_MIN = 4, 5


def cross_rate(from_per_euro: Decimal, to_per_euro: Decimal) -> Decimal:
    """Return units of the second currency for one of the first, half up.

    It has at least four decimals and at least five significant digits.
    """
    with localcontext(prec=50):
        exact = to_per_euro / from_per_euro
        decimals = max(_DECIMALS_MIN, _DIGITS_MIN - 1 - exact.adjusted())
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
