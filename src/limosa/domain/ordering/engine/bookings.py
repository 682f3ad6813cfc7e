"""The journal entries in an order's life, as pure lists of legs.

Account kinds are those of ledger.models.AccountKind, here as plain strings.
"""

from dataclasses import dataclass, replace

from limosa.domain.ledger.engine.postings import Leg, drop_empty
from limosa.foundation.money import Money

CLEARING = "clearing"
REFUNDS_PAYABLE = "refunds_payable"
DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundsSource:
    """Where a payment's money is: at a provider, or in a person's wallet.

    `received` is in the channel's currency. Of a wallet, `bonus_minor` of it is bonus, and
    `withdrawn_minor` bonus that was taken back or is held, so that it comes back to us.
    """

    provider: str
    subscriber_id: int
    received: Money
    bonus_minor: int = 0
    withdrawn_minor: int = 0

    def leg(self, amount: Money, *, place: str = CLEARING) -> Leg:
        """Return a leg on this place's account: positive when money comes in."""
        if self.provider == "wallet":
            return Leg("wallet", amount, owner=str(self.subscriber_id))
        return Leg(place, amount, owner=self.provider)

    def came(self) -> list[Leg]:
        """Return the legs of what was received; of a wallet, of money and of bonus."""
        return [self.leg(self._money), *self._bonus_legs()]

    def went(self, *, place: str) -> list[Leg]:
        """Return the legs of what goes back, to where it came from."""
        back = [replace(leg, amount=-leg.amount) for leg in self._bonus_legs()]
        return [self.leg(-self._money, place=place), *back]

    @property
    def _money(self) -> Money:
        return self.received - Money(
            self.bonus_minor + self.withdrawn_minor, self.received.currency
        )

    def _bonus_legs(self) -> list[Leg]:
        currency, owner = self.received.currency, str(self.subscriber_id)
        bonus = Leg("bonus", Money(self.bonus_minor, currency), owner=owner)
        withdrawn = Leg("bonus_discounts", Money(self.withdrawn_minor, currency))
        return drop_empty([bonus, withdrawn])


def paid(source: FundsSource, *, total: Money, tax_minor: int) -> list[Leg]:
    """An order was paid: the amount is owed as service and tax, and not yet recognized."""
    tax = Money(tax_minor, total.currency)
    return [
        *source.came(),
        *_exchange(source.received, total),
        Leg("deferred_revenue", -(total - tax)),
        Leg("tax_payable", -tax),
    ]


def reversal(
    source: FundsSource, *, total: Money, tax_minor: int, recognized_minor: int, place: str
) -> list[Leg]:
    """A sale is reversed, in full or in part: recognized revenue is reversed, and the rest is no
    longer deferred.

    `takings.received` is the money that goes back, `total` its share of the sale. `place`: where it
    goes: owed to the payer (REFUNDS_PAYABLE), or withheld by the provider (DISPUTED).
    """
    tax = Money(tax_minor, total.currency)
    recognized = Money(recognized_minor, total.currency)
    return [
        *source.went(place=place),
        *_exchange(-source.received, -total),
        Leg("deferred_revenue", total - tax - recognized),
        Leg("revenue", recognized),
        Leg("tax_payable", tax),
    ]


def unapplied(source: FundsSource) -> list[Leg]:
    """Unapplied funds came in (late, double, wrong amount): all of it is owed back."""
    return [
        source.leg(source.received),
        source.leg(-source.received, place=REFUNDS_PAYABLE),
    ]


def into_wallet(source: FundsSource, *, worth: Money) -> list[Leg]:
    """Money came in for a wallet: a top-up, or unapplied funds of a person who wants them there."""
    return [
        source.leg(source.received),
        *_exchange(source.received, worth),
        Leg("wallet", -worth, owner=str(source.subscriber_id)),
    ]


def out_of_wallet(source: FundsSource, *, worth: Money, place: str) -> list[Leg]:
    """Money that was put into a wallet leaves it: reverses `into_wallet`.

    `place`: where it goes: owed to the payer (REFUNDS_PAYABLE), or withheld by the provider
    (DISPUTED).
    """
    return [
        Leg("wallet", worth, owner=str(source.subscriber_id)),
        *_exchange(-source.received, -worth),
        source.leg(-source.received, place=place),
    ]


def withdrawn(source: FundsSource) -> list[Leg]:
    """The payer disputes the payment: the provider withholds the money until it is decided."""
    return [source.leg(source.received, place=DISPUTED), source.leg(-source.received)]


def reinstated(source: FundsSource) -> list[Leg]:
    """The dispute was won: the provider holds the money for us again."""
    return [source.leg(source.received), source.leg(-source.received, place=DISPUTED)]


def stands_for(source: FundsSource, *, payment: Money) -> list[Leg]:
    """Disputed money in another currency is lost: convert it to its share of the payment's own."""
    return [
        source.leg(-source.received, place=DISPUTED),
        *_exchange(-source.received, -payment),
        source.leg(payment, place=DISPUTED),
    ]


def lost(source: FundsSource) -> list[Leg]:
    """Disputed money is lost that reverses no sale and settles no refund: it had gone back
    before."""
    return [Leg("losses", source.received), source.leg(-source.received, place=DISPUTED)]


def settled(source: FundsSource) -> list[Leg]:
    """Disputed money is lost that was promised as a refund: the payer now has it."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        source.leg(-source.received, place=DISPUTED),
    ]


def refund_done(source: FundsSource, *, settled_minor: int = 0) -> list[Leg]:
    """The provider has paid a refund; the part that had been settled before is a loss."""
    twice = Money(settled_minor, source.received.currency)
    return [
        source.leg(source.received - twice, place=REFUNDS_PAYABLE),
        Leg("losses", twice),
        source.leg(-source.received),
    ]


def refund_came_back(source: FundsSource, *, settled_minor: int = 0) -> list[Leg]:
    """A paid refund came back to us: reverses `refund_done`."""
    return [
        replace(leg, amount=-leg.amount) for leg in refund_done(source, settled_minor=settled_minor)
    ]


def loss_made_good(source: FundsSource) -> list[Leg]:
    """The refund that came back was a duplicate: the payer has the money from a lost dispute."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        Leg("losses", -source.received),
    ]


def refund_in_wallet(source: FundsSource, *, worth: Money) -> list[Leg]:
    """A refund that can't go back the way it came is credited to the person's wallet."""
    return [
        source.leg(source.received, place=REFUNDS_PAYABLE),
        *_exchange(source.received, worth),
        Leg("wallet", -worth, owner=str(source.subscriber_id)),
    ]


def recognized(amount: Money) -> list[Leg]:
    """A part of the deferred revenue has been delivered."""
    return [Leg("deferred_revenue", amount), Leg("revenue", -amount)]


def value_given(net: Money, *, recognized: Money) -> list[Leg]:
    """What is left of a plan leaves its order, for another one: it is no longer deferred for it.

    `recognized`: as much of it was revenue already, and is no more.
    """
    return [
        Leg("deferred_revenue", net - recognized),
        Leg("revenue", recognized),
        Leg("plan_changes", -net),
    ]


def value_taken(net: Money) -> list[Leg]:
    """What is left of another plan counts towards an order: it is deferred for it."""
    return [Leg("plan_changes", net), Leg("deferred_revenue", -net)]


def supplied(supplier_code: str, cost: Money) -> list[Leg]:
    """A supplier delivered, and takes its cost from our balance there; negative: it gives it back,
    for what it cancelled."""
    return [Leg("cost_of_sales", cost), Leg("supplier", -cost, owner=supplier_code)]


def _exchange(received: Money, total: Money) -> list[Leg]:
    """The two sides of a conversion; none if the channel's currency is the order's."""
    if received.currency == total.currency:
        return []
    return [Leg("exchange", -received), Leg("exchange", total)]
