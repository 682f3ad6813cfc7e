"""What money received through a channel is worth in a person's wallet."""

from dataclasses import dataclass

from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an order costs, and what a channel was asked to charge for it."""

    total: Money
    asked: Money


def worth(received: Money, price: Price) -> Money:
    """Return its worth at the order's own rate: in proportion, rounded down.

    Money in a currency that was not requested is not converted.
    """
    if received.currency != price.asked.currency:
        return received
    return Money(
        price.total.amount_minor * received.amount_minor // price.asked.amount_minor,
        price.total.currency,
    )
