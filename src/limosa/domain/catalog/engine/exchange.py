"""A rate between two currencies, by way of the euro, as the European Central Bank publishes."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

EURO = "EUR"
_STEP = Decimal("0.0001")


def cross_rate(from_per_euro: Decimal, to_per_euro: Decimal) -> Decimal:
    """Return units of the second currency for one of the first: four decimals, half up."""
    with localcontext(prec=50):
        return (to_per_euro / from_per_euro).quantize(_STEP, rounding=ROUND_HALF_UP)
