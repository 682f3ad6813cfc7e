"""The page of a plan: all that is to be known before it is bought."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.ratings.queries import Published, published, published_for
from limosa.domain.shelf.listing import shelved
from limosa.web.drawing import speed_curve
from limosa.web.storefront.about_plans import about_plan
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.not_on_sale import not_on_sale
from limosa.web.storefront.plan_facts import facts_of, speed_text
from limosa.web.storefront.plan_filters import COMPARED_MAX, read_filters
from limosa.web.storefront.plan_networks import SHOWN_AT_ONCE, networks_of
from limosa.web.storefront.views.plans import currency_of


def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show a plan that a first eSIM can be bought with."""
    now = timezone.now()
    rows = shelved([code], currency=currency_of(request), now=now)
    if not rows:
        return not_on_sale(request, code)
    known = plan_facts([code])[code]
    filters = read_filters(request.GET)
    others = [one for one in filters.plans if one != code]
    return render(
        request,
        "storefront/plan.html",
        {
            "about": about_plan(rows[0]),
            "row": rows[0],
            "plan": rows[0].plan,
            "facts": facts_of(rows[0], known),
            "networks": networks_of(rows[0].plan, known, first=filters.country),
            "shown_at_once": SHOWN_AT_ONCE,
            "curve": speed_curve(slow_kbps=rows[0].plan.fair_use_kbps or 0),
            "speed": speed_text(rows[0].plan),
            "ratings": _ratings(rows[0].plan, wanted=filters.country),
            "checked": kept_answer(request, now=now),
            "filters": filters,
            "others": others[: COMPARED_MAX - 1],
        },
    )


def _ratings(plan: Plan, *, wanted: str) -> Published | None:
    """Return what buyers say of a plan's carrier in the place looked for; where none is, in that of
    its places which most people rated."""
    if wanted in plan.countries:
        return published(plan.carrier_id, wanted)
    return published_for(plan.carrier_id, plan.countries)
