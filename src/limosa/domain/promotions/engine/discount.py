"""What a promotion takes off a price, and what it is worth to a person. Source of the rules:
our own; they are written here once, for the quote, the offer and the catalogue page."""

PERCENT = 100


def discount_minor(price_minor: int, percent_off: int) -> int:
    """Return the money off, rounded down: below 100 %, something is always left to pay."""
    return price_minor * percent_off // PERCENT


def worth_minor(
    *, price_minor: int, volume_bytes: int | None, percent_off: int, bonus_bytes: int
) -> int:
    """Return what a promotion is worth on a plan, in minor units of its price, rounded down.

    Bonus data is worth what the same data costs in the plan. An unlimited plan (`volume_bytes`
    is None) gains nothing from it.
    """
    if percent_off:
        return discount_minor(price_minor, percent_off)
    if not volume_bytes:
        return 0
    return price_minor * bonus_bytes // volume_bytes
