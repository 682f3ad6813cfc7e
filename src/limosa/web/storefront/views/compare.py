"""Up to four plans side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.ratings.queries import published_of
from limosa.domain.shelf.listing import shelved
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.plan_comparison import compared
from limosa.web.storefront.plan_filters import read_filters
from limosa.web.storefront.views.plans import currency_of


def compare(request: HttpRequest) -> HttpResponse:
    """Show the plans of the address side by side; those that can't be bought are left out."""
    now = timezone.now()
    filters = read_filters(request.GET)
    plans = shelved(filters.plans, currency=currency_of(request), now=now)
    known = plan_facts(row.plan.code for row in plans)
    rated = published_of(
        {
            row.plan.code: (row.plan.carrier_id, _rated_in(row.plan, filters.country))
            for row in plans
        }
    )
    return render(
        request,
        "storefront/compare.html",
        {
            "plans": plans,
            "rows": compared(plans, known, rated=rated, country=filters.country),
            "prices_differ": len({one.total.amount_minor for one in plans}) > 1,
            "least": min((one.total.amount_minor for one in plans), default=0),
            "filters": filters,
            "checked": kept_answer(request, now=now),
        },
    )


def _rated_in(plan: Plan, wanted: str) -> list[str]:
    """Return the country looked for or, if a plan isn't for it, all that it is for."""
    return [wanted] if wanted in plan.countries else plan.countries
