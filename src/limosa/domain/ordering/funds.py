"""A payment's money, in the terms of the rules in engine/."""

from dataclasses import dataclass

from limosa.domain.ordering.engine.bookings import FundsSource
from limosa.domain.ordering.engine.reversal import Sale, reverse
from limosa.domain.ordering.engine.worth import Price
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.plan_changes import moves_of
from limosa.domain.payments.models import Payment
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money


def funds_source_of(payment: Payment, amount_minor: int) -> FundsSource:
    """Return where this amount of a payment's money is, in the currency received."""
    return FundsSource(
        provider=payment.provider,
        subscriber_id=payment.subscriber_id,
        received=Money(amount_minor, payment.received_currency),
    )


def price_of(payment: Payment, total: Money) -> Price:
    """Return what was to be paid in all, and what this payment's channel was asked to charge for
    it."""
    return Price(
        total=total,
        asked=Money(payment.amount_minor, payment.currency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMoney:
    """What goes back: in the payment's currency, and the part of the order's price it reverses."""

    amount: Money
    worth: Money

    @property
    def is_exchanged(self) -> bool:
        """Whether the two are in different currencies."""
        return self.amount.currency != self.worth.currency


def sale_of(order: Order, payment: Payment) -> Sale:
    """Return the sale as it stands, with what of it was reversed before."""
    quote = order.quote
    return Sale(
        total_minor=quote.total_minor,
        tax_minor=quote.tax_minor,
        recognized_minor=order.recognized_minor,
        reversed_minor=order.reversed_minor,
        reversed_tax_minor=order.reversed_tax_minor,
        received_minor=payment.received_minor,
        returned_minor=payment.refunded_minor,
        moved_net_minor=moves_of(order).net_minor,
    )


def top_up_of(top_up: WalletTopUp, payment: Payment) -> Sale:
    """Return a top-up as it stands, with what of it went back before."""
    return Sale(
        total_minor=top_up.amount_minor,
        tax_minor=0,
        recognized_minor=0,
        reversed_minor=top_up.reversed_minor,
        reversed_tax_minor=0,
        received_minor=payment.received_minor,
        returned_minor=payment.refunded_minor,
    )


def refund_money(order: Order, payment: Payment, *, part_minor: int | None) -> RefundMoney:
    """Return what a refund of a part would give back; None: of all that is left."""
    left_minor = payment.received_minor - payment.refunded_minor
    amount_minor = left_minor if part_minor is None else part_minor
    worth_minor = reverse(sale_of(order, payment), part_minor=amount_minor).total_minor
    return RefundMoney(
        amount=Money(amount_minor, payment.received_currency),
        worth=Money(worth_minor, order.quote.currency),
    )
