"""The content of a receipt, or of a refund's credit note, in the active language: for the page and
for the PDF."""

from dataclasses import dataclass

from django.utils.translation import gettext

from limosa.domain.ordering.credited import Credited, credited
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.queries import order_view
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.payments.queries import WALLET
from limosa.domain.wallets.queries import bonus_paid
from limosa.foundation.money import Money
from limosa.foundation.period import last_moment
from limosa.web.wording import formatting, words

SELLER = "Limosa"
_BACK = {RefundState.SUCCEEDED, RefundState.SETTLED}


@dataclass(frozen=True, slots=True)
class Receipt:
    """`lines`: (label, value), in order. `total` is the last and largest.

    `of`: for a credit note, the receipt it belongs to; `refunds`: those that have a credit note.
    """

    number: str
    title: str
    lines: list[tuple[str, str]]
    total: tuple[str, str]
    note: str
    of: str = ""
    refunds: tuple[Credited, ...] = ()


def credit_note_of(order: Order, refund_number: str) -> Receipt | None:
    """Return the credit note of a refund: it bears the refund's number, and names the receipt."""
    for given in credited(order):
        if given.refund.number == refund_number:
            return _credit_note(order, given)
    return None


def _credit_note(order: Order, given: Credited) -> Receipt:
    zone, refund = order.quote.time_zone, given.refund
    issued_at = formatting.full_moment(refund.requested_at, time_zone=zone)
    lines = [
        (gettext("Seller"), SELLER),
        (gettext("Credit note number"), refund.number),
        (gettext("For receipt"), order.number),
        (gettext("Issued on"), formatting.with_city(issued_at, time_zone=zone)),
        *_buyer(order),
        (gettext("Plan"), order.quote.plan.name_in(formatting.language())),
        (gettext("Net amount"), formatting.money(given.tax - given.total)),
        (gettext("Tax"), formatting.money(-given.tax)),
        (gettext("Refunded to"), _way_back(refund)),
        (gettext("Amount refunded"), formatting.money(given.amount)),
        (gettext("State"), refund_state(refund, zone)),
    ]
    return Receipt(
        refund.number,
        gettext("Credit note"),
        lines,
        (gettext("Total, tax included"), formatting.money(-given.total)),
        "",
        of=order.number,
    )


def _buyer(order: Order) -> list[tuple[str, str]]:
    """Return who bought: of what was paid without signing in, we know only whose eSIM it is for."""
    if not order.link:
        return [(gettext("Buyer"), order.subscriber.email)]
    return [
        (gettext("Buyer"), gettext("not known: paid without signing in")),
        (gettext("For the eSIM of"), order.subscriber.email),
    ]


def _way_back(refund: Refund) -> str:
    if refund.wallet_minor:
        return str(words.CHANNELS["wallet"])
    provider = refund.payment.provider
    return str(words.CHANNELS.get(provider, provider))


def refund_state(refund: Refund, zone: str) -> str:
    """Return where a refund stands, in words."""
    if refund.finished_at and refund.state in _BACK:
        time = formatting.full_moment(refund.finished_at, time_zone=zone)
        return gettext("Refunded %(time)s") % {"time": time}
    if refund.state == RefundState.FAILED:
        return gettext("Could not be delivered yet; we're looking into it")
    if refund.is_refused:
        return gettext("Requested, not accepted yet; we're looking into it")
    return gettext("Refund on its way")


def receipt_of(order: Order) -> Receipt | None:
    """Return the receipt of an order; None while nothing is paid."""
    if order.paid_at is None:
        return None
    quote, zone = order.quote, order.quote.time_zone
    payment = order_view(order=order, now=order.paid_at).payment
    currency = quote.currency
    paid_at = formatting.full_moment(order.paid_at, time_zone=zone)
    lines = [
        (gettext("Seller"), SELLER),
        (gettext("Order number"), order.number),
        (gettext("Paid on"), formatting.with_city(paid_at, time_zone=zone)),
        *_buyer(order),
        (gettext("Plan"), quote.plan.name_in(formatting.language())),
        (gettext("Network"), quote.plan.carrier.name),
        (gettext("Period"), _period(order)),
        (gettext("Price"), formatting.money(Money(quote.list_minor, currency))),
    ]
    if quote.discount_minor and quote.promotion:
        name = quote.promotion.name_in(formatting.language())
        lines.append((name, formatting.money(Money(-quote.discount_minor, currency))))
    if quote.value_minor:
        text = gettext("Counts from your former plan")
        lines.append((text, formatting.money(Money(-quote.value_minor, currency))))
    net_minor = quote.total_minor - quote.tax_minor
    lines += [
        (gettext("Net amount"), formatting.money(Money(net_minor, currency))),
        (gettext("Tax"), formatting.money(Money(quote.tax_minor, currency))),
        *payment_lines(payment, rates=quote.exchange, currency=currency),
    ]
    refunds = tuple(credited(order))
    for given in refunds:
        back = formatting.money(-given.amount)
        lines.append((gettext("Refunded"), f"{back} · {given.refund.number}"))
    return Receipt(
        order.number,
        gettext("Receipt"),
        lines,
        (gettext("Total, tax included"), formatting.money(Money(quote.total_minor, currency))),
        _note(order, refunds),
        refunds=refunds,
    )


def _note(order: Order, refunds: tuple[Credited, ...]) -> str:
    is_under_way = any(given.refund.state not in _BACK for given in refunds)
    if order.state == OrderState.REFUNDED and is_under_way:
        return gettext("This order was cancelled. The money has not been refunded yet.")
    if order.state == OrderState.REFUNDED:
        return gettext("This order was refunded.")
    if order.reversed_minor:
        kept = formatting.money(
            Money(order.quote.total_minor - order.reversed_minor, order.quote.currency)
        )
        if is_under_way:
            return gettext("A partial refund of this order is pending; %(kept)s remains paid.") % {
                "kept": kept
            }
        return gettext("This order was partially refunded; %(kept)s remains paid.") % {"kept": kept}
    return ""


def _period(order: Order) -> str:
    quote = order.quote
    if quote.starts_at is None or quote.ends_at is None:
        return gettext("%(length)s from first use") % {
            "length": words.validity(quote.plan.validity)
        }
    zone = quote.time_zone
    start = formatting.full_moment(quote.starts_at, time_zone=zone)
    end = formatting.full_moment(last_moment(quote.ends_at), time_zone=zone)
    return formatting.with_city(f"{start} – {end}", time_zone=zone)


def _bonus_lines(payment: Payment) -> list[tuple[str, str]]:
    if payment.provider != WALLET:
        return []
    paid = bonus_paid(payment.number)
    shares = [
        (gettext("Of which bonus"), paid.used_minor),
        (gettext("Came back as bonus"), paid.returned_minor),
    ]
    currency = payment.received_currency
    return [(what, formatting.money(Money(minor, currency))) for what, minor in shares if minor]


def payment_lines(
    payment: Payment | None, *, rates: dict[str, dict[str, str]], currency: str
) -> list[tuple[str, str]]:
    """Return how something in a currency was paid: by what, how much, at which of the rates that it
    was placed with."""
    if payment is None:
        return []
    charged = Money(payment.received_minor, payment.received_currency or payment.currency)
    lines = [
        (gettext("Payment method"), str(words.CHANNELS.get(payment.provider, payment.provider))),
        (gettext("Amount charged"), formatting.money(charged)),
        *_bonus_lines(payment),
    ]
    rate = rates.get(charged.currency)
    if rate and charged.currency != currency:
        source = str(words.RATE_SOURCES.get(rate["source"], rate["source"]))
        rate_text = f"1 {currency} = {rate['rate']} {charged.currency}"
        lines.append((gettext("Exchange rate"), f"{rate_text} · {source} · {rate['day']}"))
    if payment.transaction_id:
        lines.append((gettext("Transaction"), payment.transaction_id))
    return lines
