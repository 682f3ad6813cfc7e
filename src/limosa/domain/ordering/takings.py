"""A payment's money, as the rules of engine/ know it."""

from limosa.domain.ordering.engine.bookings import Takings
from limosa.domain.ordering.engine.worth import Price
from limosa.domain.ordering.models import Quote
from limosa.domain.payments.models import Payment
from limosa.foundation.money import Money


def takings_of(payment: Payment, amount_minor: int) -> Takings:
    """Return where so much of a payment's money lies, in the currency that came."""
    return Takings(
        provider=payment.provider,
        subscriber_id=payment.subscriber_id,
        received=Money(amount_minor, payment.received_currency),
    )


def price_of(payment: Payment, quote: Quote) -> Price:
    """Return what the order costs, and what was asked for it by this payment's channel."""
    return Price(
        total=Money(quote.total_minor, quote.currency),
        asked=Money(payment.amount_minor, payment.currency),
    )
