"""From submitting the checkout page to an order: at the price that was shown, and once.

The page carries a signed copy of what it showed: the selection and its price. Submitting another
selection, because the new price had not loaded yet, buys nothing, and if the quote made on
submission differs from what was shown, it is not used: the person sees the price and decides again.
The signed copy also says when it was made, so that submitting twice, or again after Back, finds the
order placed the first time. A guest has no account by which to find it, and perhaps not yet a
session: their quote has an id made of the signed copy, which no other page has.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.ordering.operations.make_quote import QUOTE_LIFETIME, Asked, make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.promotions.models import PromotionCode
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.identifiers import random_code
from limosa.web.storefront.selection import Selection

SHOWN_LIFETIME = QUOTE_LIFETIME
_ID_LENGTH = 12
_SALT = "limosa.storefront.shown.4"  # Increment when the content changes.


class PriceChangedError(DomainRefusal):
    """What would be paid now is not what the page showed."""

    code = "price_changed"


class ChoiceChangedError(DomainRefusal):
    """The selection submitted is not the one whose price the page showed."""

    code = "choice_changed"


class LossNotAgreedError(DomainRefusal):
    """Data would be lost, and the person has not said that they know it."""

    code = "loss_not_agreed"


class DeviceTakesNoneError(DomainRefusal):
    """The device that was checked takes no eSIM, and the person has not said that it is for another
    one."""

    code = "device_takes_none"


class PageTooOldError(DomainRefusal):
    """The page is older than a price is valid, or was not made by us."""

    code = "page_too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSubmission:
    """What a person submitted. `currency`: that of the chosen payment option.

    `wanted_start`: the start selected; `start_rule`: the one that applies to the plan.
    `known_orders`: for a guest, the orders that this guest placed before; None for the owner.
    `link`: for a guest, the digest of the renewal link. `code`: what was entered, with its
    promotion.
    """

    plan_code: str
    wanted_start: str
    start_rule: StartRule
    currency: str
    shown: str
    known_orders: list[str] | None = None
    link: str = ""
    code: PromotionCode | None = None


def sign_shown(selection: Selection, *, now: datetime) -> str:
    """Return a signed copy of what the page shows: the selection, its total, its volume and its
    end, and how it comes."""
    choice, exchange = selection.choice, selection.exchange
    content = {
        "at": now.timestamp(),
        "page": random_code(12),
        "esim": selection.esim.public_id if selection.esim else "",
        "chosen": [choice.plan.code, selection.start.value, selection.option.currency],
        "currency": choice.total.currency,
        "rate": f"{exchange.rate:f}" if exchange else "",
        "offered": _offered(
            selection.start_rule,
            selection.way,
            choice.total.amount_minor,
            choice.offer.volume_bytes,
            selection.period.ends_at,
        ),
    }
    return signing.dumps(content, salt=_SALT, compress=True)


@transaction.atomic
def submit_checkout(
    buyer: Subscriber, esim: Esim | None, *, submission: CheckoutSubmission, now: datetime
) -> Order:
    """Return the order for a submission; the same one if the same page is submitted again.

    Locks:  the buyer's row, until it is done, so that two submissions run one after the other.
    Raises: PageTooOldError, ChoiceChangedError, PriceChangedError, and the refusals of a quote and
            of an order; nothing changed.
    """
    shown = _read_shown(submission.shown, esim)
    if shown["chosen"] != [submission.plan_code, submission.wanted_start, submission.currency]:
        raise ChoiceChangedError
    Subscriber.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    if (order := _placed_before(buyer, esim, submission, shown)) is not None:
        return order
    quote = make_quote(
        subscriber=buyer,
        esim=esim,
        plan_code=submission.plan_code,
        start_rule=submission.start_rule,
        now=now,
        asked=Asked(public_id=_unused_id(submission), code=submission.code),
    )
    _check_same(quote, submission, shown)
    return place_order(quote=quote, now=now, link=submission.link)


def _read_shown(text: str, esim: Esim | None) -> dict[str, Any]:
    try:
        shown: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=SHOWN_LIFETIME)
    except signing.BadSignature:
        raise PageTooOldError from None
    if shown["esim"] != (esim.public_id if esim else ""):
        raise PageTooOldError
    return shown


def _placed_before(
    buyer: Subscriber, esim: Esim | None, submission: CheckoutSubmission, shown: dict[str, Any]
) -> Order | None:
    rows = buyer.orders.filter(
        quote__esim=esim,
        quote__plan_id=submission.plan_code,
        quote__start_rule=submission.start_rule,
        placed_at__gte=datetime.fromtimestamp(shown["at"], tz=UTC),
    )
    if submission.known_orders is not None:
        of_page = Q(quote__public_id=_id_of_page(submission))
        rows = rows.filter(of_page | Q(number__in=submission.known_orders))
    return rows.exclude(state=OrderState.CANCELLED).order_by("-id").first()


def _id_of_page(submission: CheckoutSubmission) -> str:
    """Return the id of the quote for what a guest's page shows."""
    digest = hashlib.sha256(submission.shown.encode()).digest()
    return base64.b32encode(digest).decode()[:_ID_LENGTH]


def _unused_id(submission: CheckoutSubmission) -> str:
    """Return the id for a guest's new quote; empty: any, as the order of the page's was cancelled,
    or it is not a guest's."""
    if submission.known_orders is None:
        return ""
    found = _id_of_page(submission)
    return "" if Quote.objects.filter(public_id=found).exists() else found


def _check_same(quote: Quote, submission: CheckoutSubmission, shown: dict[str, Any]) -> None:
    start, way = StartRule(quote.start_rule), RenewalWay(quote.way)
    offered = _offered(start, way, quote.total_minor, quote.volume_bytes, quote.ends_at)
    rate = quote.exchange.get(submission.currency, {}).get("rate", "")
    if offered != shown["offered"] or quote.currency != shown["currency"] or rate != shown["rate"]:
        raise PriceChangedError


def _offered(
    start: StartRule,
    way: RenewalWay,
    total_minor: int,
    volume_bytes: int | None,
    ends_at: datetime | None,
) -> list[str | int | None]:
    """Return the values in which a quote must match what was shown, in JSON form."""
    end = int(ends_at.timestamp()) if ends_at else None
    return [start.value, way.value, total_minor, volume_bytes, end]
