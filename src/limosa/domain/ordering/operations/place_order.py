from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import Order, OrderState, Quote
from limosa.domain.ordering.refusals import (
    LinkHasOpenOrdersError,
    PersonHasOpenOrdersError,
    QuoteExpiredError,
)
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code

# Anybody with a renewal link can place orders through it, so unpaid ones are limited.
LINK_OPEN_ORDERS_MAX = 3
# More than anybody compares, or has devices.
PERSON_OPEN_ORDERS_MAX = 10


def place_order(*, quote: Quote, now: datetime, link: str = "") -> Order:
    """Return the order for a quote; the same one however often it is called.

    The caller fetched the quote through its owner. By placing the order the person consents to the
    price and the rules shown in the quote. link: the digest of the renewal link through which a
    guest places it. A link may have at most three orders that are unpaid and can still be paid; a
    signed-in person at most ten.
    Locks:  the subscriber, until the caller's transaction ends.
    Raises: QuoteExpiredError, LinkHasOpenOrdersError, PersonHasOpenOrdersError; nothing changed.
    """
    if quote.expires_at <= now:
        for order in Order.objects.filter(quote=quote):
            return order
        raise QuoteExpiredError
    with transaction.atomic():
        Subscriber.objects.select_for_update(no_key=True).get(pk=quote.subscriber_id)
        _check_few_are_open(quote, now, link)
        return _place(quote, now, link)


def _check_few_are_open(quote: Quote, now: datetime, link: str) -> None:
    waiting = Order.objects.filter(
        subscriber_id=quote.subscriber_id,
        state=OrderState.PLACED,
        link=link,
        quote__expires_at__gt=now,
    ).exclude(quote=quote)
    most = LINK_OPEN_ORDERS_MAX if link else PERSON_OPEN_ORDERS_MAX
    if len(waiting.values_list("pk")[:most]) >= most:
        raise LinkHasOpenOrdersError if link else PersonHasOpenOrdersError


def _place(quote: Quote, now: datetime, link: str) -> Order:
    order = Order(
        number=f"L-{random_code(8)}",
        quote=quote,
        subscriber=quote.subscriber,
        esim_id=quote.esim_id,
        consented_at=now,
        placed_at=now,
        link=link,
    )
    if insert_row_once(order):
        return order
    # Placed before, or submitted twice at the same moment.
    return Order.objects.select_related("quote__plan", "subscriber").get(quote=quote)
