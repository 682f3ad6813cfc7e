"""The journal entries of an order's life, as pure lists of legs.

Account kinds are those of ledger.models.AccountKind; they are plain strings here.
"""

from dataclasses import dataclass

from limosa.domain.ledger.engine.postings import Leg
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """Where the money of a payment lies: at a provider, or in a person's wallet.

    `received` is in the channel's currency.
    """

    provider: str
    subscriber_id: int
    received: Money

    def leg(self, amount: Money, *, pending_refund: bool = False) -> Leg:
        """Return the leg of this place: positive when money comes in."""
        if self.provider == "wallet":
            return Leg("wallet", amount, owner=str(self.subscriber_id))
        kind = "refunds_payable" if pending_refund else "clearing"
        return Leg(kind, amount, owner=self.provider)


def paid(takings: Takings, *, total: Money, tax_minor: int) -> list[Leg]:
    """Money came in for an order: it is owed as service and tax, not yet earned."""
    tax = Money(tax_minor, total.currency)
    return [
        takings.leg(takings.received),
        *_exchange(takings.received, total),
        Leg("deferred_revenue", -(total - tax)),
        Leg("tax_payable", -tax),
    ]


def paid_back(takings: Takings, *, total: Money, tax_minor: int, earned_minor: int) -> list[Leg]:
    """A paid order is undone in full: what was earned of it is un-earned, the rest not owed."""
    tax = Money(tax_minor, total.currency)
    earned = Money(earned_minor, total.currency)
    return [
        takings.leg(-takings.received, pending_refund=True),
        *_exchange(-takings.received, -total),
        Leg("deferred_revenue", total - tax - earned),
        Leg("revenue", earned),
        Leg("tax_payable", tax),
    ]


def unusable(takings: Takings) -> list[Leg]:
    """Money came in that pays nothing (late, double, wrong amount): all of it is owed back."""
    return [
        takings.leg(takings.received),
        takings.leg(-takings.received, pending_refund=True),
    ]


def refund_done(takings: Takings) -> list[Leg]:
    """The provider has given the money back."""
    return [
        takings.leg(takings.received, pending_refund=True),
        takings.leg(-takings.received),
    ]


def earned(amount: Money) -> list[Leg]:
    """A part of what was owed as service has been given."""
    return [Leg("deferred_revenue", amount), Leg("revenue", -amount)]


def _exchange(received: Money, total: Money) -> list[Leg]:
    """The two sides of a conversion; none when the channel's currency is the order's."""
    if received.currency == total.currency:
        return []
    return [Leg("exchange", -received), Leg("exchange", total)]
