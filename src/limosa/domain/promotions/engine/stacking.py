"""What becomes of a price when promotions meet: every rule about it is here.

- Never two at once: of those that fit a plan, the one that is worth most to the person. A promotion
  with a code takes part like any other, so a code never makes a price higher, and none is used
  where a promotion for everybody is worth as much.
- A tenth of the price is always left to pay, rounded up, whatever a promotion says.
- Amounts are rounded down to the minor unit, so a price is never lower than exactly computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What a promotion gives: one of the three, the others are 0.

    `code`: the promotion's name. `needs_code`: whether only those get it who enter a code.
    """

    code: str
    percent_off: int = 0
    amount_off_minor: int = 0
    bonus_bytes: int = 0
    needs_code: bool = False


def most_off_minor(price_minor: int) -> int:
    """Return the most that is ever taken off a price."""
    return price_minor * PERCENT_OFF_MAX // PERCENT


def discount_minor(gift: Gift, *, price_minor: int) -> int:
    """Return what is taken off, in the price's minor units; at least a tenth is left to pay."""
    off = gift.amount_off_minor or price_minor * gift.percent_off // PERCENT
    return min(off, most_off_minor(price_minor))


def worth_minor(gift: Gift, *, price_minor: int, volume_bytes: int | None) -> int:
    """Return what a gift is worth on a plan, in minor units of its price, rounded down.

    Bonus data is worth what the same amount of data costs in the plan, and nothing on an unlimited
    plan (`volume_bytes` None).
    """
    if not gift.bonus_bytes:
        return discount_minor(gift, price_minor=price_minor)
    if not volume_bytes:
        return 0
    return price_minor * gift.bonus_bytes // volume_bytes


def best(gifts: Iterable[Gift], *, price_minor: int, volume_bytes: int | None) -> Gift | None:
    """Return the one gift that counts; None if none is worth anything.

    Between gifts of equal worth: one without a code, so that no code is used up for nothing; then a
    percentage, an amount, bonus data, the larger first; then the name decides.
    """
    worths = [
        (worth_minor(gift, price_minor=price_minor, volume_bytes=volume_bytes), gift)
        for gift in gifts
    ]
    order = sorted(
        (pair for pair in worths if pair[0]), key=lambda pair: (-pair[0], *_rank(pair[1]))
    )
    return order[0][1] if order else None


def _rank(gift: Gift) -> tuple[bool, int, int, int, str]:
    sizes = (-gift.percent_off, -gift.amount_off_minor, -gift.bonus_bytes)
    return (gift.needs_code, *sizes, gift.code)
