"""What is sold, as a plain list by carrier; and buying a first eSIM with a plan."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.catalog.models import Carrier, PlanKind
from limosa.domain.catalog.queries import currencies_on_sale, default_currency
from limosa.domain.renewals.queries import offers_for_new_esim
from limosa.web.storefront.access import person_of
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.choices import Choice, Visit, purchase_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.views.checkout import checkout_page


def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans that a first eSIM can be bought with, of one kind or of all."""
    person = request.user
    currency = person.currency if person.is_authenticated else default_currency()
    offers = offers_for_new_esim(
        subscriber_currency=currency, time_zone=settings.SERVICE_TIME_ZONE, now=timezone.now()
    )
    kinds = sorted({offer.price.plan.kind for offer in offers}, reverse=True)
    kind = request.GET.get("kind", "")
    if kind not in kinds:
        kind = ""
    by_carrier: dict[Carrier, list[Choice]] = {}
    for offer in offers:
        plan = offer.price.plan
        if plan.kind == kind or not kind:
            by_carrier.setdefault(plan.carrier, []).append(Choice(offer))
    return render(
        request,
        "storefront/plans.html",
        {
            "carriers": by_carrier.items(),
            "kinds": [PlanKind(value) for value in kinds],
            "kind": kind,
            "checked": kept_answer(request, now=timezone.now()),
            "is_sold_elsewhere": not offers and bool(currencies_on_sale()),
        },
    )


@login_required
def buy(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a first eSIM with a plan costs; place the order."""
    visit = Visit(device_of(request), timezone.now())
    checkout = purchase_checkout(person_of(request), code, visit=visit)
    if checkout is None:
        raise Http404
    return checkout_page(
        request,
        checkout,
        template="storefront/buy.html",
        extra={"plan": checkout.choices[0].plan},
    )
