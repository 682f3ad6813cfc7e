"""From a press of "Pay" to an order: at the price that was shown, and once.

The page carries what it showed, signed. A quote made at the press that differs from it is not
used: the person sees the new price and decides again. The signed page also says when it was made,
so that pressing twice, or pressing again after Back, finds the order that the first press placed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.ordering.operations.make_quote import QUOTE_LIFETIME, make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.foundation.problem import DomainRefusal
from limosa.web.storefront.choices import Checkout

SHOWN_LIFETIME = QUOTE_LIFETIME
_SALT = "limosa.storefront.shown"


class PriceChangedError(DomainRefusal):
    """What would be paid now is not what the page showed."""

    code = "price_changed"


class PageTooOldError(DomainRefusal):
    """The page is older than a price is promised, or was not made by us."""

    code = "page_too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a person chose when they pressed. `currency`: what the chosen way takes.

    `known_orders`: for a guest, the orders that this guest placed before; None for the owner.
    `link`: for a guest, the digest of the renewal link.
    """

    plan_code: str
    start_rule: StartRule
    currency: str
    shown: str
    known_orders: list[str] | None = None
    link: str = ""


def sign_shown(checkout: Checkout, *, now: datetime) -> str:
    """Return what the page shows, signed: for each plan its total, volume and ends."""
    rows = {
        choice.plan.code: [
            choice.total.amount_minor,
            choice.offer.volume_bytes,
            {
                start.value: _seconds(period.ends_at)
                for start, period in choice.offer.periods.items()
            },
        ]
        for choice in checkout.choices
    }
    content = {
        "at": now.timestamp(),
        "esim": checkout.esim.public_id if checkout.esim else "",
        "currency": checkout.buyer.currency,
        "rates": {currency: f"{quote.rate:f}" for currency, quote in checkout.exchange.items()},
        "rows": rows,
    }
    return signing.dumps(content, salt=_SALT, compress=True)


@transaction.atomic
def place(buyer: Subscriber, esim: Esim | None, *, press: Press, now: datetime) -> Order:
    """Return the order of a press; the same one for the same page pressed again.

    Locks:  the buyer's row, until it is done, so that two presses go one after the other.
    Raises: PageTooOldError, PriceChangedError and what a quote refuses; nothing changed.
    """
    shown = _read_shown(press.shown, esim)
    Subscriber.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    if (order := _placed_before(buyer, esim, press, shown)) is not None:
        return order
    quote = make_quote(
        subscriber=buyer,
        esim=esim,
        plan_code=press.plan_code,
        start_rule=press.start_rule,
        now=now,
    )
    _check_same(quote, press, shown)
    return place_order(quote=quote, now=now, link=press.link)


def _read_shown(text: str, esim: Esim | None) -> dict[str, Any]:
    try:
        shown: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=SHOWN_LIFETIME)
    except signing.BadSignature:
        raise PageTooOldError from None
    if shown["esim"] != (esim.public_id if esim else ""):
        raise PageTooOldError
    return shown


def _placed_before(
    buyer: Subscriber, esim: Esim | None, press: Press, shown: dict[str, Any]
) -> Order | None:
    rows = buyer.orders.filter(
        quote__esim=esim,
        quote__plan_id=press.plan_code,
        quote__start_rule=press.start_rule,
        placed_at__gte=datetime.fromtimestamp(shown["at"], tz=UTC),
    )
    if press.known_orders is not None:
        rows = rows.filter(number__in=press.known_orders)
    return rows.exclude(state=OrderState.CANCELLED).order_by("-id").first()


def _check_same(quote: Quote, press: Press, shown: dict[str, Any]) -> None:
    row = shown["rows"].get(press.plan_code)
    offered = [quote.total_minor, quote.volume_bytes, _seconds(quote.ends_at)]
    promised = [row[0], row[1], row[2].get(press.start_rule.value)] if row else []
    is_foreign = press.currency != quote.currency
    rate = quote.exchange.get(press.currency, {}).get("rate", "")
    if offered != promised or quote.currency != shown["currency"]:
        raise PriceChangedError
    if is_foreign and rate != shown["rates"].get(press.currency):
        raise PriceChangedError


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
