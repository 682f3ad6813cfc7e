from datetime import datetime

from limosa.domain.ordering.models import Order, Quote
from limosa.domain.ordering.refusals import QuoteExpiredError
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code


def place_order(*, quote: Quote, now: datetime) -> Order:
    """Return the order for a quote; the same one however often it is asked for.

    The caller fetched the quote through its owner. Placing is the person's consent to the price
    and the rules that the quote shows.
    Raises: QuoteExpiredError; nothing changed.
    """
    if quote.expires_at <= now:
        for order in Order.objects.filter(quote=quote):
            return order
        raise QuoteExpiredError
    order = Order(
        number=f"L-{random_code(8)}",
        quote=quote,
        subscriber=quote.subscriber,
        esim_id=quote.esim_id,
        consented_at=now,
        placed_at=now,
    )
    if insert_row_once(order):
        return order
    # Placed before, or pressed twice at the same moment.
    return Order.objects.select_related("quote__plan", "subscriber").get(quote=quote)
