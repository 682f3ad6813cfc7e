"""The receipt of a wallet top-up, with its refunds. It has no tax: that is paid with what the money
buys."""

from django.utils.translation import gettext

from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money
from limosa.web.storefront.receipts import (
    SELLER,
    Receipt,
    payment_lines,
    refund_state,
)
from limosa.web.wording import formatting


def receipt_of_top_up(top_up: WalletTopUp) -> Receipt | None:
    """Return the receipt of a top-up; None while nothing is paid."""
    if top_up.paid_at is None:
        return None
    zone = top_up.subscriber.time_zone
    payment = Payment.objects.filter(order_number=top_up.number, pays_order=True).first()
    paid_at = formatting.full_moment(top_up.paid_at, time_zone=zone)
    lines = [
        (gettext("Seller"), SELLER),
        (gettext("Number"), top_up.number),
        (gettext("Paid on"), formatting.with_city(paid_at, time_zone=zone)),
        (gettext("Buyer"), top_up.subscriber.email),
        (gettext("For"), gettext("Wallet top-up")),
        *payment_lines(payment, rates=top_up.rates, currency=top_up.currency),
    ]
    refunds = Refund.objects.filter(payment__order_number=top_up.number, payment__pays_order=True)
    for refund in refunds.exclude(state=RefundState.FOUND).select_related("payment").order_by("id"):
        back = formatting.money(Money(-refund.amount_minor, refund.payment.received_currency))
        text = f"{back} · {refund.number} · {refund_state(refund, zone)}"
        lines.append((gettext("Refunded"), text))
    left = Money(top_up.amount_minor - top_up.reversed_minor, top_up.currency)
    note = gettext("Money in a wallet is not taxed; what you buy with it is.")
    if top_up.reversed_minor:
        kept = {"left": formatting.money(left)}
        refunded = (
            gettext("Of this, %(left)s was not refunded.") % kept
            if left.amount_minor
            else gettext("It was refunded in full.")
        )
        note = f"{note}{formatting.sentence_gap()}{refunded}"
    return Receipt(
        top_up.number,
        gettext("Receipt"),
        lines,
        (gettext("Added to the wallet"), formatting.money(top_up.total)),
        note,
    )
