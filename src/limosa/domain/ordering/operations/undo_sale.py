from datetime import datetime

from limosa.domain.connectivity.operations.withdraw_supply import withdraw_supply
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import undone
from limosa.domain.ordering.engine.undoing import undo
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.takings import sale_of, takings_of
from limosa.domain.payments.models import Payment
from limosa.foundation.money import Money


def undo_sale(
    *, order: Order, payment: Payment, part_minor: int, key: str, place: str, now: datetime
) -> None:
    """Undo as much of an order as `part_minor` of its payment is worth, in the books.

    `place`: where the money goes (bookings.REFUNDS_PAYABLE, or DISPUTED when a provider has it).
    When nothing is left of the sale, the order is refunded, and a worker has the supplier undo what
    it can (withdraw_supply). The caller holds the locks of the
    payment and the order, and counts the part into `payment.refunded_minor` afterwards.
    """
    quote = order.quote
    part = undo(sale_of(order, payment), part_minor=part_minor)
    post_entry(
        key=key,
        kind="refund_request" if place == "refunds_payable" else "dispute_lost",
        order_number=order.number,
        legs=undone(
            takings_of(payment, part_minor),
            total=Money(part.total_minor, quote.currency),
            tax_minor=part.tax_minor,
            earned_minor=part.earned_minor,
            place=place,
        ),
        now=now,
    )
    order.undone_minor += part.total_minor
    order.undone_tax_minor += part.tax_minor
    order.earned_minor -= part.earned_minor
    if payment.refunded_minor + part_minor == payment.received_minor:
        order.state = OrderState.REFUNDED
        order.closed_at = now
        order.next_earning_at = None
        withdraw_supply(order_number=order.number, now=now)
    order.save()
