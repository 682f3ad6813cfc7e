"""The first page: what is left, until when, and how to renew."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.ledger.queries import wallet_balance
from limosa.web.storefront.cards import cards_of
from limosa.web.storefront.charts import usage_chart

LATEST_ORDERS = 3


def home(request: HttpRequest) -> HttpResponse:
    """Show a person their eSIMs; show a stranger what this is."""
    if not request.user.is_authenticated:
        return render(request, "storefront/welcome.html")
    person, now = request.user, timezone.now()
    cards = cards_of(person, now=now)
    return render(
        request,
        "storefront/home.html",
        {
            "cards": cards,
            "chart": usage_chart(cards[0].esim, count=7, now=now) if cards else None,
            "wallets": wallet_balance(subscriber_id=person.pk),
            "orders": person.orders.select_related("quote__plan").order_by("-id")[:LATEST_ORDERS],
        },
    )
