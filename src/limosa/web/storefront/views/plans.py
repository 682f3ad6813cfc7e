"""What is sold: the list, and buying a first eSIM with a plan."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from limosa.domain.catalog.queries import default_currency
from limosa.web.storefront.about_plans import about_plans
from limosa.web.storefront.access import person_of
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.choices import Visit, purchase_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.entered_codes import entered_code
from limosa.web.storefront.not_on_sale import not_on_sale
from limosa.web.storefront.plan_list import plan_list
from limosa.web.storefront.views.checkout import checkout_page


def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans that a first eSIM can be bought with, as the address filters and orders them.

    htmx asks for the results alone, or for the rows that follow.
    """
    now = timezone.now()
    found = plan_list(request.GET, currency=currency_of(request), now=now)
    htmx = HtmxDetails(request)
    checked = kept_answer(request, now=now)
    here = request.path + found.filters.query
    context = {"about": about_plans(), "found": found, "here": here, "checked": checked}
    if htmx and htmx.target == "more":
        return render(request, "storefront/_plan_rows.html", context | {"is_more": True})
    if htmx:
        parts = render(request, "storefront/_plan_results.html", context | {"is_part": True})
        return push_url(parts, here)
    return render(request, "storefront/plans.html", context)


def currency_of(request: HttpRequest) -> str:
    """Return the currency in which somebody sees prices."""
    person = request.user
    return person.currency if person.is_authenticated else default_currency()


@login_required
def buy(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a first eSIM with a plan costs; place the order."""
    person, now = person_of(request), timezone.now()
    entered = entered_code(request, person, now=now)
    visit = Visit(device_of(request), now, code=entered.code)
    checkout = purchase_checkout(person, code, visit=visit)
    if checkout is None:
        return not_on_sale(request, code)
    return checkout_page(
        request,
        checkout,
        template="storefront/buy.html",
        entered=entered,
        extra={"plan": checkout.choices[0].plan},
    )
