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
class FundsSource:
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


def paid(source: FundsSource, *, total: Money, tax_minor: int) -> list[Leg]:
    """Money came in for an order: it is owed as service and tax, not yet earned."""
    tax = Money(tax_minor, total.currency)
    return [
        source.leg(source.received),
        *_exchange(source.received, total),
        Leg("deferred_revenue", -(total - tax)),
        Leg("tax_payable", -tax),
    ]


def reversal(
    source: FundsSource, *, total: Money, tax_minor: int, recognized_minor: int, place: str
) -> list[Leg]:
    """A sale is undone, in full or in part: what was earned is un-earned, the rest not owed.

    `takings.received` is the money that goes back, `total` its part of the sale. `place`: where
    it goes: promised to the payer (REFUNDS_PAYABLE), or held back by the provider (DISPUTED).
    """
    tax = Money(tax_minor, total.currency)
    recognized = Money(recognized_minor, total.currency)
    return [
        source.leg(-source.received, place=place),
        *_exchange(-source.received, -total),
        Leg("deferred_revenue", total - tax - recognized),
        Leg("revenue", recognized),
        Leg("tax_payable", tax),
    ]


def unapplied(source: FundsSource) -> list[Leg]:
    """Money came in that pays nothing (late, double, wrong amount): all of it is owed back."""
    return [
        source.leg(source.received),
        source.leg(-source.received, place=REFUNDS_PAYABLE),
    ]


def into_wallet(source: FundsSource, *, worth: Money) -> list[Leg]:
    """Money came in that pays nothing, and the person wants it in their wallet."""
    return [
        source.leg(source.received),
        *_exchange(source.received, worth),
        Leg("wallet", -worth, owner=str(source.subscriber_id)),
    ]


def withdrawn(source: FundsSource) -> list[Leg]:
    """The payer disputes the payment: the provider takes the money until it is decided."""
    return [source.leg(source.received, place=DISPUTED), source.leg(-source.received)]


def reinstated(source: FundsSource) -> list[Leg]:
    """The dispute was won: the provider holds the money for us again."""
    return [source.leg(source.received), source.leg(-source.received, place=DISPUTED)]


def stands_for(source: FundsSource, *, payment: Money) -> list[Leg]:
    """Disputed money of another currency is gone: it stands for so much of the payment's own."""
    return [
        source.leg(-source.received, place=DISPUTED),
        *_exchange(-source.received, -payment),
        source.leg(payment, place=DISPUTED),
    ]


def lost(source: FundsSource) -> list[Leg]:
    """Disputed money is gone that undoes no sale and settles no refund: it had gone back."""
    return [Leg("losses", source.received), source.leg(-source.received, place=DISPUTED)]


def settled(source: FundsSource) -> list[Leg]:
    """Disputed money is gone that was promised as a refund: so the payer has it already."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        source.leg(-source.received, place=DISPUTED),
    ]


def refund_done(source: FundsSource, *, settled_minor: int = 0) -> list[Leg]:
    """The provider has given the money back; what of it was settled before is a loss."""
    twice = Money(settled_minor, source.received.currency)
    return [
        source.leg(source.received - twice, place=REFUNDS_PAYABLE),
        Leg("losses", twice),
        source.leg(-source.received),
    ]


def refund_came_back(source: FundsSource, *, settled_minor: int = 0) -> list[Leg]:
    """What the provider had given came back to us: all as before `refund_done`."""
    return [
        replace(leg, amount=-leg.amount) for leg in refund_done(source, settled_minor=settled_minor)
    ]


def loss_made_good(source: FundsSource) -> list[Leg]:
    """What came back had been given twice: the payer has it by a dispute that was lost."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        Leg("losses", -source.received),
    ]


def refund_in_wallet(source: FundsSource, *, worth: Money) -> list[Leg]:
    """A refund that can't go back the way it came is put into the person's wallet."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        *_exchange(source.received, worth),
        Leg("wallet", -worth, owner=str(source.subscriber_id)),
    ]


def recognized(amount: Money) -> list[Leg]:
    """A part of what was owed as service has been given."""
    return [Leg("deferred_revenue", amount), Leg("revenue", -amount)]


def _exchange(received: Money, total: Money) -> list[Leg]:
    """The two sides of a conversion; none when the channel's currency is the order's."""
    if received.currency == total.currency:
        return []
    return [Leg("exchange", -received), Leg("exchange", total)]
