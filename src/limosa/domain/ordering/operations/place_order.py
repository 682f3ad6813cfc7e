from datetime import datetime

from django.db import IntegrityError, transaction

from limosa.domain.ordering.models import Order, Quote
from limosa.domain.ordering.refusals import QuoteExpiredError, QuoteNotFoundError
from limosa.foundation.identifiers import random_code


def place_order(*, quote_public_id: str, subscriber_id: int, now: datetime) -> Order:
    """Return the order for a quote; the same one however often it is asked for.

    Placing is the person's consent to the price and the rules that the quote shows.
    Raises: QuoteNotFoundError, QuoteExpiredError; nothing changed.
    """
    quote = (
        Quote.objects.filter(public_id=quote_public_id, subscriber_id=subscriber_id)
        .select_related("order", "plan", "subscriber")
        .first()
    )
    if quote is None:
        raise QuoteNotFoundError
    if hasattr(quote, "order"):
        return quote.order
    if quote.expires_at <= now:
        raise QuoteExpiredError
    try:
        with transaction.atomic():
            return Order.objects.create(
                number=f"L-{random_code(8)}",
                quote=quote,
                subscriber=quote.subscriber,
                esim_id=quote.esim_id,
                consented_at=now,
                placed_at=now,
            )
    except IntegrityError:
        # Pressed twice at the same moment: the other press has placed it.
        return Order.objects.select_related("quote__plan").get(quote=quote)
