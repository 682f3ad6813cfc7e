"""The first page: what is left, until when, and how to renew."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.catalog.queries import default_currency
from limosa.domain.ledger.queries import bonus_balance, wallet_balance
from limosa.domain.ordering.queries import orders_of
from limosa.domain.ratings.queries import best_published, open_invitation
from limosa.domain.track_record.queries import measured_facts
from limosa.web.storefront.about_pages import about_page
from limosa.web.storefront.advice import advice_line
from limosa.web.storefront.cards import cards_of
from limosa.web.storefront.charts import usage_chart
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.first_page import first_page

LATEST_ORDERS = 3
RATED_SHOWN = 3


def home(request: HttpRequest) -> HttpResponse:
    """Show a person their eSIMs; show a stranger what this is."""
    if not request.user.is_authenticated:
        return _welcome(request)
    person, now = request.user, timezone.now()
    cards = cards_of(person, now=now)
    first = cards[0] if cards else None
    own = first.again.price if first and first.again else None
    return render(
        request,
        "storefront/home.html",
        {
            "cards": cards,
            "line": advice_line(first.esim, own=own, currency=person.currency, now=now)
            if first
            else None,
            "chart": usage_chart(first.esim, count=7, now=now) if first else None,
            "invitation": open_invitation(subscriber_id=person.pk, now=now),
            "wallets": wallet_balance(subscriber_id=person.pk),
            "bonuses": bonus_balance(subscriber_id=person.pk),
            "orders": orders_of(person).order_by("-id")[:LATEST_ORDERS],
        },
    )


def _welcome(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "about": about_page("home"),
        "first": first_page(currency=default_currency(), now=now),
        "checked": kept_answer(request, now=now),
        "rated": best_published(most=RATED_SHOWN),
        "measured": [fact for fact in measured_facts() if fact.is_enough],
        "time_zone": settings.SERVICE_TIME_ZONE,
    }
    return render(request, "storefront/welcome.html", context)
