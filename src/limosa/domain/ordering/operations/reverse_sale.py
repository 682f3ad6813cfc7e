from dataclasses import replace
from datetime import datetime

from limosa.domain.connectivity.operations.withdraw_supply import withdraw_supply
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import FundsSource, reversal
from limosa.domain.ordering.engine.reversal import reverse
from limosa.domain.ordering.funds import funds_source_of, sale_of
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.restore_change import restore_change
from limosa.domain.ordering.operations.withdraw_esim import withdraw_esim
from limosa.domain.ordering.operations.withdraw_shared_esim import withdraw_shared_esim
from limosa.domain.payments.models import Payment
from limosa.domain.payments.queries import WALLET
from limosa.domain.wallets.operations.return_bonus import return_bonus
from limosa.foundation.money import Money


def reverse_sale(
    *, order: Order, payment: Payment, part_minor: int, key: str, place: str, now: datetime
) -> None:
    """Reverse as much of an order in the books as `part_minor` of its payment is worth.

    `place`: where the money goes (bookings.REFUNDS_PAYABLE, or DISPUTED if a provider withholds
    it). If nothing is left of the sale, the order is refunded, and the supplier cancels what it
    can: asked by a worker (withdraw_supply), or at once from our own database (withdraw_esim); not
    what others have paid for too (withdraw_shared_esim). What counted towards it of another plan is
    that order's again. The caller holds the locks of the payment, the order, and the one whose plan
    it replaces, and adds the part to `payment.refunded_minor` afterwards.
    Locks: the order's Supply, its eSIM, wallets; as restore_change.
    """
    quote = order.quote
    is_all = payment.refunded_minor + part_minor == payment.received_minor
    if is_all and withdraw_supply(order_number=order.number, now=now):
        withdraw_shared_esim(order=order, now=now)
    elif is_all:
        withdraw_esim(order=order, now=now)
    part = reverse(sale_of(order, payment), part_minor=part_minor)
    post_entry(
        key=key,
        kind="refund_request" if place == "refunds_payable" else "dispute_lost",
        order_number=order.number,
        legs=reversal(
            _going_back(payment, part_minor, now),
            total=Money(part.total_minor, quote.currency),
            tax_minor=part.tax_minor,
            recognized_minor=part.recognized_minor,
            place=place,
        ),
        now=now,
    )
    order.reversed_minor += part.total_minor
    order.reversed_tax_minor += part.tax_minor
    order.recognized_minor -= part.recognized_minor
    if is_all:
        order.state = OrderState.REFUNDED
        order.closed_at = now
        order.next_recognition_at = None
        restore_change(order=order, now=now)
    order.save()


def _going_back(payment: Payment, part_minor: int, now: datetime) -> FundsSource:
    """Return what goes back: of a wallet's payment, bonus to bonus."""
    source = funds_source_of(payment, part_minor)
    if payment.provider != WALLET:
        return source
    returned = return_bonus(
        subscriber_id=payment.subscriber_id,
        part=source.received,
        payment_number=payment.number,
        now=now,
    )
    return replace(
        source, bonus_minor=returned.left_minor, withdrawn_minor=returned.withdrawn_minor
    )
