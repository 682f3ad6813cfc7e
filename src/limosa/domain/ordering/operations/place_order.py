from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.first_orders import has_ordered
from limosa.domain.ordering.models import Order, OrderState, Quote
from limosa.domain.ordering.refusals import (
    LinkHasOpenOrdersError,
    PersonHasOpenOrdersError,
    QuoteExpiredError,
)
from limosa.domain.promotions.operations.take_code_use import take_code_use
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import Money

# Anybody with a renewal link can place orders through it, so unpaid ones are limited.
LINK_OPEN_ORDERS_MAX = 3
# More than anybody compares, or has devices.
PERSON_OPEN_ORDERS_MAX = 10


def place_order(
    *, quote: Quote, now: datetime, link: str = "", agreed_at: datetime | None = None
) -> Order:
    """Return the order for a quote; the same one however often it is called.

    The caller fetched the quote through its owner. By placing the order the person consents to the
    price and the rules shown in the quote. link: the digest of the renewal link through which a
    guest places it. A link may have at most three orders that are unpaid and can still be paid; a
    signed-in person at most ten. agreed_at: when the person agreed to have it placed for them; then
    there is no such limit, and it counts towards none.
    A promotion code in the quote is used once by it.
    Locks:  the subscriber, until the caller's transaction ends; then as take_code_use.
    Raises: QuoteExpiredError, LinkHasOpenOrdersError, PersonHasOpenOrdersError, and as
            take_code_use; nothing changed.
    """
    if quote.expires_at <= now:
        for order in Order.objects.filter(quote=quote):
            return order
        raise QuoteExpiredError
    with transaction.atomic():
        Subscriber.objects.select_for_update(no_key=True).get(pk=quote.subscriber_id)
        if agreed_at is None:
            _check_few_are_open(quote, now, link)
        return _place(quote, now, link, agreed_at)


def _take_code_use(order: Order, code_id: int, now: datetime) -> None:
    take_code_use(
        code_id=code_id,
        order_number=order.number,
        subscriber_id=order.subscriber_id,
        discount=Money(order.quote.discount_minor, order.quote.currency),
        has_ordered=has_ordered(subscriber_id=order.subscriber_id),
        now=now,
    )


def _check_few_are_open(quote: Quote, now: datetime, link: str) -> None:
    waiting = Order.objects.filter(
        subscriber_id=quote.subscriber_id,
        state=OrderState.PLACED,
        link=link,
        agreed_at=None,
        quote__expires_at__gt=now,
    ).exclude(quote=quote)
    most = LINK_OPEN_ORDERS_MAX if link else PERSON_OPEN_ORDERS_MAX
    if len(waiting.values_list("pk")[:most]) >= most:
        raise LinkHasOpenOrdersError if link else PersonHasOpenOrdersError


def _place(quote: Quote, now: datetime, link: str, agreed_at: datetime | None) -> Order:
    order = Order(
        number=f"L-{random_code(8)}",
        quote=quote,
        subscriber=quote.subscriber,
        esim_id=quote.esim_id,
        consented_at=now,
        placed_at=now,
        link=link,
        agreed_at=agreed_at,
    )
    if insert_row_once(order):
        if quote.promotion_code_id is not None:
            _take_code_use(order, quote.promotion_code_id, now)
        return order
    # Placed before, or submitted twice at the same moment.
    return Order.objects.select_related("quote__plan", "subscriber").get(quote=quote)
