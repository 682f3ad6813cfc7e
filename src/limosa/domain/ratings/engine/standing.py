"""Whether a rating counts, by what is known of it alone. What others show is in abuse.py."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Whether a rating counts, or why it does not. NEW: nobody has looked yet."""

    NEW = "new"
    COUNTS = "counts"
    FREE = "free"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    STAFF = "staff"
    PARTNER = "partner"
    REPEATED = "repeated"
    RING = "ring"
    BURST = "burst"
    EXCLUDED = "excluded"


class Ruling(StrEnum):
    """What staff decided; NONE: nothing. RELEASED takes it out of rings and bursts."""

    NONE = ""
    RELEASED = "released"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What is known of a rating's writer and order, in minor units of the order's currency.

    `list_minor`: the price without promotions. `own_minor`: what the writer paid of their own
    money: no goodwill, no gift. `returned_minor`: of the total, what went back to them.
    """

    list_minor: int
    total_minor: int
    own_minor: int
    returned_minor: int
    is_returned: bool
    is_disputed: bool
    is_staff: bool
    is_partner: bool
    ruling: Ruling


def own_standing(grounds: Grounds) -> Standing:
    """Return how a rating stands by itself.

    Free: no more than a tenth of the list price was the writer's own money. Refunded: half of what
    was paid, or more, went back. No ruling makes one of these count.
    """
    found = Standing.COUNTS
    if grounds.is_staff:
        found = Standing.STAFF
    elif grounds.is_partner:
        found = Standing.PARTNER
    elif grounds.own_minor * 10 <= grounds.list_minor:
        found = Standing.FREE
    elif grounds.is_returned or grounds.returned_minor * 2 >= grounds.total_minor:
        found = Standing.REFUNDED
    elif grounds.is_disputed:
        found = Standing.DISPUTED
    elif grounds.ruling is Ruling.EXCLUDED:
        found = Standing.EXCLUDED
    return found
