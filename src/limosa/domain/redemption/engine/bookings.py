"""The entries about codes, as pure lists of legs.

A sold code is worth its amount from its activation, and its buyer owes or has paid its price; the
difference is a discount. A code that is given away is a promotion. `outstanding` is what all active
codes of a batch are worth together.
"""

from dataclasses import dataclass

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money

OUTSTANDING, RECEIVABLE, PROMOTIONS = "codes_outstanding", "receivable", "promotions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one code of a batch is worth, and what it was sold for (nothing: it was given).

    `paid_into`: "bank" if the money is there, "receivable" if the buyer owes it; "" if given.
    `expired_is_income`: whether a sold code's worth is ours once it has expired.
    """

    batch: str
    amount: Money
    price: Money
    paid_into: str
    expired_is_income: bool


def activated(terms: Terms, count: int) -> list[Leg]:
    """Codes became worth something."""
    owner = terms.batch if terms.paid_into == RECEIVABLE else ""
    return [
        Leg(terms.paid_into or PROMOTIONS, _times(terms.price, count), owner=owner),
        Leg(PROMOTIONS, _discount(terms, count)),
        _outstanding(terms, -count),
    ]


def redeemed(terms: Terms, *, subscriber_id: int) -> list[Leg]:
    """A code's worth went into a wallet."""
    return [_outstanding(terms, 1), Leg("wallet", -terms.amount, owner=str(subscriber_id))]


def voided(terms: Terms, count: int) -> list[Leg]:
    """Active codes were voided. Who bought them is owed what they were sold for, whether that was
    paid or not: the buyer's account says who owes whom."""
    return [
        _outstanding(terms, count),
        Leg(RECEIVABLE, _times(terms.price, -count), owner=terms.batch),
        Leg(PROMOTIONS, _discount(terms, -count)),
    ]


def expired(terms: Terms, count: int) -> list[Leg]:
    """Active codes expired. What was given costs nothing then; what was sold is income only by the
    batch's rule, otherwise it is kept apart as unclaimed."""
    place = "breakage" if terms.expired_is_income else "unclaimed"
    return [
        _outstanding(terms, count),
        Leg(place if terms.paid_into else PROMOTIONS, _times(terms.amount, -count)),
    ]


def paid_by_buyer(batch: str, amount: Money) -> list[Leg]:
    """The buyer paid what was owed; negative: we paid the buyer back."""
    return [Leg("bank", amount), Leg(RECEIVABLE, -amount, owner=batch)]


def _outstanding(terms: Terms, count: int) -> Leg:
    return Leg(OUTSTANDING, _times(terms.amount, count), owner=terms.batch)


def _discount(terms: Terms, count: int) -> Money:
    return _times(terms.amount - terms.price, count)


def _times(amount: Money, count: int) -> Money:
    return Money(amount.amount_minor * count, amount.currency)
