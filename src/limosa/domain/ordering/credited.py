"""What each refund gave back of an order's price, according to the journal."""

from dataclasses import dataclass

from limosa.domain.ledger.models import AccountKind, JournalEntry
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment, Refund
from limosa.foundation.money import Money

_BY_HAND = "refund-by-hand:"
_SOLD = {AccountKind.DEFERRED_REVENUE, AccountKind.REVENUE, AccountKind.TAX_PAYABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """A refund, in the channel's currency, and in the order's: total, and the tax in it."""

    refund: Refund
    amount: Money
    total: Money
    tax: Money


def credited(order: Order) -> list[Credited]:
    """Return the refunds of the payment that paid an order, oldest first, except those settled by a
    lost dispute, whose money the payer got from their bank.

    Our own refunds are written together with the entry that reverses their part of the sale, one
    each; the entry of a refund by hand bears the refund's number.
    """
    payment = Payment.objects.filter(order_number=order.number, pays_order=True).first()
    if payment is None:
        return []
    entries = JournalEntry.objects.filter(order_number=order.number, kind="refund_request")
    written = list(entries.prefetch_related("postings__account").order_by("id"))
    ours = iter([entry for entry in written if not entry.key.startswith(_BY_HAND)])
    by_hand = {entry.key: entry for entry in written}
    found = []
    for refund in payment.refunds.select_related("payment").order_by("id"):
        entry = by_hand.get(f"{_BY_HAND}{refund.number}") if refund.by_hand else next(ours, None)
        is_settled = not refund.by_hand and refund.settled_minor > refund.wallet_minor
        if entry is not None and not is_settled:
            found.append(_credited(order, refund, entry))
    return found


def _credited(order: Order, refund: Refund, entry: JournalEntry) -> Credited:
    currency = order.quote.currency
    undone = {AccountKind.TAX_PAYABLE.value: 0}
    for posting in entry.postings.all():
        if posting.account.kind in _SOLD and posting.account.currency == currency:
            kind = posting.account.kind
            undone[kind] = undone.get(kind, 0) + posting.amount_minor
    return Credited(
        refund=refund,
        amount=Money(refund.amount_minor, refund.payment.received_currency),
        total=Money(sum(undone.values()), currency),
        tax=Money(undone[AccountKind.TAX_PAYABLE.value], currency),
    )
