from datetime import datetime

from limosa.domain.ordering.engine.bookings import out_of_wallet
from limosa.domain.ordering.engine.reversal import reverse
from limosa.domain.ordering.funds import funds_source_of, top_up_of
from limosa.domain.ordering.operations.reverse_sale import reverse_sale
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.models import Payment
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.reverse_top_up import reverse_top_up
from limosa.foundation.money import Money


def reverse_purchase(
    *, bought: Purchase, payment: Payment, part_minor: int, key: str, place: str, now: datetime
) -> None:
    """Reverse as much of an order or a top-up as `part_minor` of its payment is worth.

    An order: as reverse_sale. A top-up: the money leaves its wallet; ask `reversible_minor` first.
    The caller holds the payment and what it pays, and adds the part to `payment.refunded_minor`
    afterwards.
    Locks:  as reverse_sale; the wallet.
    Raises: WalletTooLowError if less is in the wallet; nothing changed.
    """
    if not isinstance(bought, WalletTopUp):
        reverse_sale(
            order=bought, payment=payment, part_minor=part_minor, key=key, place=place, now=now
        )
        return
    part = Money(
        reverse(top_up_of(bought, payment), part_minor=part_minor).total_minor, bought.currency
    )
    reverse_top_up(
        top_up=bought,
        part_minor=part.amount_minor,
        legs=out_of_wallet(funds_source_of(payment, part_minor), worth=part, place=place),
        key=key,
        is_refund=place == "refunds_payable",
        now=now,
    )
