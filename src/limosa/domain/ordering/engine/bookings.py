"""The journal entries of an order's life, as pure lists of legs.

Account kinds are those of ledger.models.AccountKind; they are plain strings here.
"""

from dataclasses import dataclass, replace

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money

CLEARING = "clearing"
REFUNDS_PAYABLE = "refunds_payable"
DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """Where the money of a payment lies: at a provider, or in a person's wallet.

    `received` is in the channel's currency.
    """

    provider: str
    subscriber_id: int
    received: Money

    def leg(self, amount: Money, *, place: str = CLEARING) -> Leg:
        """Return the leg of this place: positive when money comes in."""
        if self.provider == "wallet":
            return Leg("wallet", amount, owner=str(self.subscriber_id))
        return Leg(place, amount, owner=self.provider)


def paid(takings: Takings, *, total: Money, tax_minor: int) -> list[Leg]:
    """Money came in for an order: it is owed as service and tax, not yet earned."""
    tax = Money(tax_minor, total.currency)
    return [
        takings.leg(takings.received),
        *_exchange(takings.received, total),
        Leg("deferred_revenue", -(total - tax)),
        Leg("tax_payable", -tax),
    ]


def undone(
    takings: Takings, *, total: Money, tax_minor: int, earned_minor: int, place: str
) -> list[Leg]:
    """A sale is undone, in full or in part: what was earned is un-earned, the rest not owed.

    `takings.received` is the money that goes back, `total` its part of the sale. `place`: where
    it goes: promised to the payer (REFUNDS_PAYABLE), or held back by the provider (DISPUTED).
    """
    tax = Money(tax_minor, total.currency)
    earned = Money(earned_minor, total.currency)
    return [
        takings.leg(-takings.received, place=place),
        *_exchange(-takings.received, -total),
        Leg("deferred_revenue", total - tax - earned),
        Leg("revenue", earned),
        Leg("tax_payable", tax),
    ]


def unusable(takings: Takings) -> list[Leg]:
    """Money came in that pays nothing (late, double, wrong amount): all of it is owed back."""
    return [
        takings.leg(takings.received),
        takings.leg(-takings.received, place=REFUNDS_PAYABLE),
    ]


def into_wallet(takings: Takings, *, worth: Money) -> list[Leg]:
    """Money came in that pays nothing, and the person wants it in their wallet."""
    return [
        takings.leg(takings.received),
        *_exchange(takings.received, worth),
        Leg("wallet", -worth, owner=str(takings.subscriber_id)),
    ]


def held_back(takings: Takings) -> list[Leg]:
    """The payer disputes the payment: the provider takes the money until it is decided."""
    return [takings.leg(takings.received, place=DISPUTED), takings.leg(-takings.received)]


def given_again(takings: Takings) -> list[Leg]:
    """The dispute was won: the provider holds the money for us again."""
    return [takings.leg(takings.received), takings.leg(-takings.received, place=DISPUTED)]


def stands_for(takings: Takings, *, payment: Money) -> list[Leg]:
    """Disputed money of another currency is gone: it stands for so much of the payment's own."""
    return [
        takings.leg(-takings.received, place=DISPUTED),
        *_exchange(-takings.received, -payment),
        takings.leg(payment, place=DISPUTED),
    ]


def lost(takings: Takings) -> list[Leg]:
    """Disputed money is gone that undoes no sale and settles no refund: it had gone back."""
    return [Leg("losses", takings.received), takings.leg(-takings.received, place=DISPUTED)]


def settled(takings: Takings) -> list[Leg]:
    """Disputed money is gone that was promised as a refund: so the payer has it already."""
    return [
        takings.leg(takings.received, place=REFUNDS_PAYABLE),
        takings.leg(-takings.received, place=DISPUTED),
    ]


def refund_done(takings: Takings, *, settled_minor: int = 0) -> list[Leg]:
    """The provider has given the money back; what of it was settled before is a loss."""
    twice = Money(settled_minor, takings.received.currency)
    return [
        takings.leg(takings.received - twice, place=REFUNDS_PAYABLE),
        Leg("losses", twice),
        takings.leg(-takings.received),
    ]


def refund_came_back(takings: Takings, *, settled_minor: int = 0) -> list[Leg]:
    """What the provider had given came back to us: all as before `refund_done`."""
    return [
        replace(leg, amount=-leg.amount)
        for leg in refund_done(takings, settled_minor=settled_minor)
    ]


def loss_made_good(takings: Takings) -> list[Leg]:
    """What came back had been given twice: the payer has it by a dispute that was lost."""
    return [
        takings.leg(takings.received, place=REFUNDS_PAYABLE),
        Leg("losses", -takings.received),
    ]


def refund_in_wallet(takings: Takings, *, worth: Money) -> list[Leg]:
    """A refund that can't go back the way it came is put into the person's wallet."""
    return [
        takings.leg(takings.received, place=REFUNDS_PAYABLE),
        *_exchange(takings.received, worth),
        Leg("wallet", -worth, owner=str(takings.subscriber_id)),
    ]


def earned(amount: Money) -> list[Leg]:
    """A part of what was owed as service has been given."""
    return [Leg("deferred_revenue", amount), Leg("revenue", -amount)]


def _exchange(received: Money, total: Money) -> list[Leg]:
    """The two sides of a conversion; none when the channel's currency is the order's."""
    if received.currency == total.currency:
        return []
    return [Leg("exchange", -received), Leg("exchange", total)]
