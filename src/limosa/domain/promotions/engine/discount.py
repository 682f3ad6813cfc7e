"""A promotion's discount, and what it is worth to a person. The rules are our own, written once for
the quote, the offer and the catalogue page."""

PERCENT = 100


def discount_minor(price_minor: int, percent_off: int) -> int:
    """Return the discount, rounded down; below 100 % there is always something left to pay."""
    return price_minor * percent_off // PERCENT


def worth_minor(
    *, price_minor: int, volume_bytes: int | None, percent_off: int, bonus_bytes: int
) -> int:
    """Return what a promotion is worth on a plan, in minor units of its price, rounded down.

    Bonus data is worth what the same amount of data costs in the plan, and nothing on an unlimited
    plan (`volume_bytes` None).
    """
    if percent_off:
        return discount_minor(price_minor, percent_off)
    if not volume_bytes:
        return 0
    return price_minor * bonus_bytes // volume_bytes
